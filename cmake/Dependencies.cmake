# Every outside library, all from Debian's packages; docs/dependencies.md says why each is here.
# A room names the ones it owns after LIBRARIES in src/CMakeLists.txt.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_path(XXHASH_INCLUDE xxhash.h REQUIRED)  # Used header-only.
find_package(tomlplusplus REQUIRED)
find_path(PROMETHEUS_INCLUDE prometheus/text_serializer.h REQUIRED)
find_library(PROMETHEUS_CORE prometheus-cpp-core REQUIRED)  # Without its server and its client.
find_package(GTest REQUIRED)
include(GoogleTest)

# Asio and Beast come with Boost and are header-only here; one definition for every user of them.
add_library(lifeline_asio INTERFACE)
target_compile_definitions(lifeline_asio INTERFACE BOOST_ASIO_NO_DEPRECATED
    BOOST_ASIO_DISABLE_BOOST_COROUTINE BOOST_ERROR_CODE_HEADER_ONLY)
target_link_libraries(lifeline_asio INTERFACE Threads::Threads)
