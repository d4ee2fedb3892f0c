# connect_hiredis_verify_sources(<folder> <sums>): ends the configuration unless the files of a folder
# are those whose SHA-256 sums are listed, in the format of sha256sum. Lines that begin with # are
# comments.
function(connect_hiredis_verify_sources folder sums)
  file(STRINGS "${sums}" lines REGEX "^[0-9a-f]+  ")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^([0-9a-f]+)  (.+)$" "\\1;\\2" pair "${line}")
    list(GET pair 0 expected)
    list(GET pair 1 name)
    set(file "${folder}/${name}")
    if(NOT EXISTS "${file}")
      message(FATAL_ERROR "${file} is missing, which ${sums} lists")
    endif()
    file(SHA256 "${file}" actual)
    if(NOT actual STREQUAL expected)
      message(FATAL_ERROR
        "${file} is not the file of the official release: its SHA-256 is ${actual}, "
        "${sums} has ${expected}. Install the package again, or list another release's sums there")
    endif()
  endforeach()
endfunction()
