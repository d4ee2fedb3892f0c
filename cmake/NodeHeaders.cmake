# NODE_HEADERS_DIR: the folder with the headers that came with the installed Node.
if(NOT NODE_HEADERS_DIR)
  find_program(NODE_EXECUTABLE node REQUIRED)
  execute_process(
    COMMAND "${NODE_EXECUTABLE}" -p
      "require('node:path').resolve(require('node:fs').realpathSync(process.execPath), '../../include/node')"
    OUTPUT_VARIABLE node_prefix_headers OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  find_path(NODE_HEADERS_DIR uv.h
    HINTS "${node_prefix_headers}" ENV npm_config_nodedir ${CMAKE_JS_INC}
    PATH_SUFFIXES include/node
    NO_DEFAULT_PATH)
  find_path(NODE_HEADERS_DIR uv.h PATH_SUFFIXES node)
endif()
if(NOT NODE_HEADERS_DIR)
  message(FATAL_ERROR
    "Node's headers (uv.h) were not found beside the node on the PATH: install Node with its "
    "headers (Debian: libnode-dev), or name their folder with -DNODE_HEADERS_DIR=...")
endif()
