# room(NAME [USES rooms...] [LIBRARIES targets...] [PRECOMPILED header])
#
# One folder under src/ is one room: a static library of its sources and one test program of its
# *_test.cpp files. USES is stated once, here, and becomes both the link line and what
# tools/check_rooms.py holds the includes against. A room that names one not yet defined stops the
# configure step, so a cycle cannot be written.
#
# PRECOMPILED names a header that nearly every file of a large room includes and that takes seconds
# to read: it is then read once, and a change of it rebuilds the whole room (ADR 38).
set_property(GLOBAL PROPERTY LIFELINE_ROOMS "")

function(room name)
    cmake_parse_arguments(ROOM "" "PRECOMPILED" "USES;LIBRARIES" ${ARGN})
    foreach(used IN LISTS ROOM_USES)
        if(NOT TARGET room_${used})
            message(FATAL_ERROR "room ${name} uses ${used}, which is not defined above it")
        endif()
    endforeach()
    set_property(GLOBAL APPEND PROPERTY LIFELINE_ROOMS ${name})

    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
    set(tests ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "(_(test|bench|fuzz)|/main)\\.cpp$")

    list(TRANSFORM ROOM_USES PREPEND room_ OUTPUT_VARIABLE used_targets)
    if(sources)
        add_library(room_${name} STATIC ${sources})
        if(ROOM_PRECOMPILED)
            target_precompile_headers(room_${name} PRIVATE
                ${PRECOMPILED_ALWAYS} <${ROOM_PRECOMPILED}>)
        else()
            target_precompile_headers(room_${name} REUSE_FROM precompiled)
        endif()
        set(scope PUBLIC)
    else()
        add_library(room_${name} INTERFACE)
        set(scope INTERFACE)
    endif()
    target_include_directories(room_${name} ${scope} ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(room_${name} ${scope} ${used_targets} ${ROOM_LIBRARIES})

    if(tests)
        add_executable(${name}_test ${tests})
        target_precompile_headers(${name}_test REUSE_FROM precompiled_tests)
        target_compile_options(${name}_test PRIVATE ${TEST_OPTIONS})
        target_link_libraries(${name}_test PRIVATE room_${name} GTest::gmock GTest::gtest_main)
        add_dependencies(tests ${name}_test)
        gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
            WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    endif()
endfunction()
