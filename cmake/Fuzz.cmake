# fuzz_target(NAME SOURCES x_fuzz.cpp... USES targets... CORPUS folder)
#
# One LLVMFuzzerTestOneInput, used twice: every build replays its corpus as the plain test
# `fuzz.NAME`, and a build with -DLIFELINE_FUZZ=ON also makes NAME_fuzz, the fuzzer itself (libFuzzer
# with AddressSanitizer; ./dev fuzz runs it). An input that once broke something goes into CORPUS.
option(LIFELINE_FUZZ "Build the fuzzers themselves, instrumented" OFF)
if(LIFELINE_FUZZ)
    # Everything is instrumented for coverage; only the fuzzers link libFuzzer's main.
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()

function(fuzz_target name)
    cmake_parse_arguments(FUZZ "" "CORPUS" "SOURCES;USES" ${ARGN})
    cmake_path(ABSOLUTE_PATH FUZZ_CORPUS OUTPUT_VARIABLE corpus)
    if(NOT IS_DIRECTORY ${corpus})
        message(FATAL_ERROR "fuzz target ${name} has no corpus at ${corpus}")
    endif()

    add_executable(${name}_replay ${FUZZ_SOURCES} ${CMAKE_SOURCE_DIR}/cmake/fuzz_replay.cpp)
    target_link_libraries(${name}_replay PRIVATE ${FUZZ_USES})
    add_dependencies(tests ${name}_replay)
    add_test(NAME fuzz.${name} COMMAND ${name}_replay ${corpus})

    if(LIFELINE_FUZZ)
        add_executable(${name}_fuzz ${FUZZ_SOURCES})
        target_link_libraries(${name}_fuzz PRIVATE ${FUZZ_USES})
        target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
    endif()
endfunction()
