# embed_files(TARGET url-prefix folder-or-file [url-prefix folder-or-file ...])
#
# Makes files part of a target: one generated .cpp that holds the bytes by .incbin and the table
# src/api/assets.h promises. A prefix that ends in "/" takes every file of a folder; one that does
# not is the full path of one file. Changed bytes rebuild one object, new or gone files rerun the
# configure step. A folder that was not built (no Node on this machine) is replaced by one line that
# says so, at <prefix>index.html, so that C++ builds and tests without Node.
#
#   embed_files(room_api  / ${CMAKE_SOURCE_DIR}/web/dist  /sdk/v1/ ${CMAKE_SOURCE_DIR}/sdk/dist)
function(embed_files target)
    set(rows "")
    set(depends "")
    set(pairs ${ARGN})
    while(pairs)
        list(POP_FRONT pairs prefix source)
        if(NOT source)
            message(FATAL_ERROR "embed_files: the prefix ${prefix} has no folder")
        endif()
        if(prefix MATCHES "/$")
            file(GLOB_RECURSE names CONFIGURE_DEPENDS RELATIVE ${source} ${source}/*)
            if(NOT "index.html" IN_LIST names AND prefix STREQUAL "/" OR NOT names)
                message(STATUS "${source} is not built: its place in the binary says so")
                string(APPEND rows "${prefix}index.html\t${CMAKE_SOURCE_DIR}/cmake/not_built.html\n")
                list(APPEND depends ${CMAKE_SOURCE_DIR}/cmake/not_built.html)
                continue()
            endif()
        else()
            cmake_path(GET source FILENAME names)
            cmake_path(GET source PARENT_PATH source)
        endif()
        foreach(name IN LISTS names)
            if(prefix MATCHES "/$")
                string(APPEND rows "${prefix}${name}\t${source}/${name}\n")
            else()
                string(APPEND rows "${prefix}\t${source}/${name}\n")
            endif()
            list(APPEND depends ${source}/${name})
        endforeach()
    endwhile()

    set(list ${CMAKE_CURRENT_BINARY_DIR}/${target}_assets.txt)
    set(generated ${CMAKE_CURRENT_BINARY_DIR}/${target}_assets.cpp)
    file(CONFIGURE OUTPUT ${list} CONTENT "${rows}" @ONLY)
    add_custom_command(OUTPUT ${generated}
        COMMAND ${CMAKE_COMMAND} -DLIST=${list} -DOUT=${generated}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_generate.cmake
        DEPENDS ${list} ${depends} ${CMAKE_SOURCE_DIR}/cmake/embed_generate.cmake
        COMMENT "Embedding the files of ${target}" VERBATIM)
    # The digest of each file is in the source, so a changed byte changes the source too.
    set_source_files_properties(${generated} PROPERTIES OBJECT_DEPENDS "${depends}")
    target_sources(${target} PRIVATE ${generated})
endfunction()
