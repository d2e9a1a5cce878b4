# C++23 with clang 19 and libstdc++ 12, for every build. g++ 12.2, Debian 12's own, silently
# miscompiles three ordinary forms of co_await (docs/adr/0009-clang-only.md; the cases are kept in
# tests/toolchain), so it is refused here rather than trusted to be used carefully.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    message(FATAL_ERROR
        "g++ ${CMAKE_CXX_COMPILER_VERSION} is refused: g++ 12 miscompiles coroutines without a "
        "warning (docs/adr/0009-clang-only.md). Use a preset (cmake --preset release) or "
        "./dev build, which choose clang++-19.")
endif()
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
    message(FATAL_ERROR "Lifeline is built with clang 19 or newer; ./dev build installs it.")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_LINK_DEPENDS_NO_SHARED ON)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fdiagnostics-color)
add_link_options(-fuse-ld=lld)

set(LIFELINE_SANITIZE "" CACHE STRING "Sanitizers: address,undefined or thread")
if(LIFELINE_SANITIZE)
    add_compile_options(-fsanitize=${LIFELINE_SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer -g1)
    add_link_options(-fsanitize=${LIFELINE_SANITIZE})
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
        -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS)
    add_link_options(-pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack)
endif()

# Precompiled headers carry no time of their making, or ccache could keep nothing that uses them; what
# else differs from run to run (their macros are in the hash of the header) does not matter to it.
add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
