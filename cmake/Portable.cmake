# connect_hiredis_portable(target): with CONNECT_HIREDIS_PORTABLE, the addon depends on nothing of
# the system that it is built on: neither its C++ library nor its C library's newest functions.
# It shows nothing but what Node looks for, and does not load at all where Node's functions are
# not to be had: better than to end the process when the first of them is called.
option(CONNECT_HIREDIS_PORTABLE "Build the addon for other systems of this kind, too" OFF)

function(connect_hiredis_portable target)
  if(NOT CONNECT_HIREDIS_PORTABLE)
    return()
  endif()
  if(APPLE)
    target_link_options(${target} PRIVATE
      "-Wl,-exported_symbols_list,${PROJECT_SOURCE_DIR}/cmake/exports.macos" -Wl,-dead_strip
      -Wl,-x)
    return()
  elseif(WIN32)
    set_target_properties(${target} PROPERTIES MSVC_RUNTIME_LIBRARY MultiThreaded)
    return()
  endif()
  set(exports "${PROJECT_SOURCE_DIR}/cmake/exports.linux")
  target_link_options(${target} PRIVATE
    "-Wl,--version-script=${exports}" -Wl,--gc-sections -Wl,-z,relro,-z,now -Wl,-s)
  set_target_properties(${target} PROPERTIES LINK_DEPENDS "${exports}")
  target_compile_options(${target} PRIVATE -ffunction-sections -fdata-sections)
  if(CONNECT_HIREDIS_LIBC STREQUAL "glibc")
    # Its wrapped functions are listed in the source.
    target_sources(${target} PRIVATE src/portable/older_glibc.c)
    # Optimisation at link time loses the names that assembler gives.
    set_source_files_properties(src/portable/older_glibc.c PROPERTIES COMPILE_OPTIONS
      "-fno-lto")
    target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc)
    file(STRINGS "${PROJECT_SOURCE_DIR}/src/portable/older_glibc.c" wrapped REGEX "^OLDER\\(")
    foreach(line IN LISTS wrapped)
      string(REGEX REPLACE "^OLDER\\([^,]*, *([a-z_]+).*" "-Wl,--wrap=\\1" option "${line}")
      target_link_options(${target} PRIVATE "${option}")
    endforeach()
  endif()
endfunction()
