# connect_hiredis::hiredis: the reader of hiredis from 1.2 on, as <hiredis/...>.
# connect_hiredis::hiredis_client: all of it, which the benchmarks compare with.
if(CONNECT_HIREDIS_SYSTEM)
  find_path(HIREDIS_INCLUDE_DIR hiredis/read.h REQUIRED)
  find_library(HIREDIS_LIBRARY hiredis REQUIRED)
  set(hiredis_header "${HIREDIS_INCLUDE_DIR}/hiredis/hiredis.h")
else()
  # vendor/ is there in the published package, which has no node_modules of its own.
  set(hiredis_vendored "${CMAKE_CURRENT_SOURCE_DIR}/vendor/hiredis")
  if(NOT EXISTS "${hiredis_vendored}")
    set(hiredis_vendored "${CMAKE_CURRENT_SOURCE_DIR}/node_modules/redis-fast-driver/deps/hiredis")
  endif()
  set(HIREDIS_SOURCE_DIR "${hiredis_vendored}" CACHE PATH
      "Where hiredis' source is; the folder must be called hiredis")
  set(hiredis_header "${HIREDIS_SOURCE_DIR}/hiredis.h")
  if(NOT EXISTS "${hiredis_header}")
    message(FATAL_ERROR
      "hiredis' source is missing in ${HIREDIS_SOURCE_DIR}: run `npm ci`, or use an installed "
      "hiredis from 1.2 on with -DCONNECT_HIREDIS_SYSTEM=ON")
  endif()
  include(VerifySources)
  connect_hiredis_verify_sources("${HIREDIS_SOURCE_DIR}" "${CMAKE_CURRENT_LIST_DIR}/hiredis.sha256")
endif()

file(STRINGS "${hiredis_header}" hiredis_version REGEX "^#define HIREDIS_(MAJOR|MINOR) ")
string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*" "\\1.\\2" hiredis_version
       "${hiredis_version}")
if(hiredis_version VERSION_LESS 1.2)
  message(FATAL_ERROR "hiredis ${hiredis_version} is too old: 1.2 is the first that will do")
endif()

if(CONNECT_HIREDIS_SYSTEM)
  add_library(hiredis_system INTERFACE)
  target_include_directories(hiredis_system SYSTEM INTERFACE "${HIREDIS_INCLUDE_DIR}")
  target_link_libraries(hiredis_system INTERFACE "${HIREDIS_LIBRARY}")
  add_library(connect_hiredis::hiredis ALIAS hiredis_system)
  add_library(connect_hiredis::hiredis_client ALIAS hiredis_system)
else()
  get_filename_component(hiredis_parent "${HIREDIS_SOURCE_DIR}" DIRECTORY)
  # Its warnings are not ours to mend. A length such as $9223372036854775807 overflows in its
  # reader before we can look at it: that has to be defined. Replies that nobody asked for hit an
  # assert without NDEBUG.
  function(connect_hiredis_add_hiredis name)
    list(TRANSFORM ARGN PREPEND "${HIREDIS_SOURCE_DIR}/" OUTPUT_VARIABLE sources)
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} SYSTEM INTERFACE "${hiredis_parent}")
    target_compile_definitions(${name} PRIVATE NDEBUG)
    target_compile_options(${name} PRIVATE -w -fwrapv)
  endfunction()
  connect_hiredis_add_hiredis(hiredis_reader alloc.c read.c sds.c)
  add_library(connect_hiredis::hiredis ALIAS hiredis_reader)
  if(CONNECT_HIREDIS_BENCH)
    connect_hiredis_verify_sources("${HIREDIS_SOURCE_DIR}"
                                   "${CMAKE_CURRENT_LIST_DIR}/hiredis-client.sha256")
    connect_hiredis_add_hiredis(hiredis_client async.c hiredis.c net.c sockcompat.c)
    target_link_libraries(hiredis_client PUBLIC hiredis_reader)
    add_library(connect_hiredis::hiredis_client ALIAS hiredis_client)
  endif()
endif()
