# connect_hiredis_strict(target): every warning is an error, and nothing throws.
option(CONNECT_HIREDIS_WARNINGS_AS_ERRORS
       "Off for users: a compiler of tomorrow may warn of what none does today" ON)

function(connect_hiredis_strict target)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wconversion
    $<$<BOOL:${CONNECT_HIREDIS_WARNINGS_AS_ERRORS}>:-Werror>
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
endfunction()
