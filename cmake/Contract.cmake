# contract_from_schema(): what room contract is compiled with, and the documents that the server
# hands out, are made from schema/v1 when the build is configured, and again whenever the schema or
# its generator changes. A file whose text stays the same is left untouched and rebuilds nothing.
#
# Made: ${LIFELINE_GENERATED}/contract (headers and tables) and ${LIFELINE_GENERATED}/documents.
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
set(LIFELINE_GENERATED ${CMAKE_BINARY_DIR}/generated)

function(contract_from_schema)
    file(GLOB_RECURSE inputs CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/schema/v1/*.json
        ${CMAKE_SOURCE_DIR}/tools/schemagen/*.py)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${inputs})
    execute_process(
        COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tools/schemagen.py build
            ${LIFELINE_GENERATED}
        RESULT_VARIABLE failed)
    if(failed)
        message(FATAL_ERROR "schema/v1 breaks a rule; the line above names the file and the rule.")
    endif()
    target_sources(room_contract PRIVATE ${LIFELINE_GENERATED}/contract/tables.cpp)
    target_include_directories(room_contract PUBLIC ${LIFELINE_GENERATED})
endfunction()
