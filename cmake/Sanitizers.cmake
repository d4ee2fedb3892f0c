# Compiles and links everything with the sanitizers of CONNECT_HIREDIS_SANITIZE.
if(CONNECT_HIREDIS_SANITIZE)
  # What is found ends the process: a report among a test's output may be overlooked.
  add_compile_options(-fsanitize=${CONNECT_HIREDIS_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CONNECT_HIREDIS_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # The check of virtual calls needs a runtime that Clang has only for programs.
    add_compile_options(-fno-sanitize=vptr)
  endif()
endif()

# connect_hiredis_sanitized_module(target): a library that a program without sanitizers loads.
function(connect_hiredis_sanitized_module target)
  if(CONNECT_HIREDIS_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # GCC does the same by itself.
    execute_process(COMMAND "${CMAKE_CXX_COMPILER}" -print-file-name=libclang_rt.ubsan_standalone-${CMAKE_SYSTEM_PROCESSOR}.so
                    OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE)
    get_filename_component(runtime_folder "${runtime}" DIRECTORY)
    target_link_options(${target} PRIVATE -shared-libsan "-Wl,-rpath,${runtime_folder}")
  endif()
endfunction()
