# connect_hiredis_strict(target): every warning is an error, and nothing throws.
function(connect_hiredis_strict target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wconversion -Werror
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
endfunction()
