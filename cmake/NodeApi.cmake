# connect_hiredis::node_api: Node-API version 8 and node-addon-api, without C++ exceptions.
include(NodeHeaders)
find_path(NODE_ADDON_API_DIR napi.h
  HINTS "${CMAKE_CURRENT_SOURCE_DIR}/vendor/node-addon-api"
        "${CMAKE_CURRENT_SOURCE_DIR}/node_modules/node-addon-api"
  NO_DEFAULT_PATH)
if(NOT NODE_ADDON_API_DIR)
  message(FATAL_ERROR "node-addon-api is missing: run `npm ci`")
endif()
add_library(node_api INTERFACE)
target_include_directories(node_api SYSTEM INTERFACE "${NODE_HEADERS_DIR}" "${NODE_ADDON_API_DIR}")
target_compile_definitions(node_api INTERFACE
  NAPI_VERSION=8 NAPI_DISABLE_CPP_EXCEPTIONS NODE_ADDON_API_DISABLE_DEPRECATED
  NODE_ADDON_API_REQUIRE_BASIC_FINALIZERS BUILDING_NODE_EXTENSION
  # A Worker that is terminated inside a call throws no more: without this, node-addon-api would
  # end the whole process over it.
  NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS)
if(APPLE)
  target_link_options(node_api INTERFACE -undefined dynamic_lookup)
elseif(WIN32)
  find_library(NODE_LIBRARY node HINTS "${NODE_HEADERS_DIR}/../../lib" REQUIRED)
  target_link_libraries(node_api INTERFACE "${NODE_LIBRARY}")
endif()
add_library(connect_hiredis::node_api ALIAS node_api)
