set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CONNECT_HIREDIS_ZIG_TARGET aarch64-linux-musl)
include("${CMAKE_CURRENT_LIST_DIR}/zig.cmake")
