# What nearly every file includes, parsed once a build instead of once a file: the standard library's
# and fmt's headers, and GoogleTest's for the tests. A file still includes what it uses;
# the preset debug, whose flags clang-tidy takes, goes without them and would show it.
add_library(precompiled OBJECT ${CMAKE_SOURCE_DIR}/cmake/precompiled.cpp)
target_link_libraries(precompiled PRIVATE fmt::fmt)
target_precompile_headers(precompiled PRIVATE
    <algorithm> <array> <chrono> <cstddef> <cstdint> <cstdio> <cstring> <deque> <expected>
    <filesystem> <functional> <map> <memory> <optional> <set> <span> <string> <string_view>
    <unordered_map> <utility> <variant> <vector> <fmt/format.h>)
get_target_property(PRECOMPILED_ALWAYS precompiled PRECOMPILE_HEADERS)

# Tests are not optimised, what they test is: with sanitizers that halves the time a test takes to build.
set(TEST_OPTIONS "")
if(LIFELINE_SANITIZE)
    set(TEST_OPTIONS -O0)
endif()

add_library(precompiled_tests OBJECT ${CMAKE_SOURCE_DIR}/cmake/precompiled.cpp)
target_link_libraries(precompiled_tests PRIVATE fmt::fmt GTest::gmock)
target_compile_options(precompiled_tests PRIVATE ${TEST_OPTIONS})
target_precompile_headers(precompiled_tests PRIVATE
    ${PRECOMPILED_ALWAYS} <gtest/gtest.h> <gmock/gmock.h>)
