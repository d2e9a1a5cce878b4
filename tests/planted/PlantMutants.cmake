# plant_mutants(TARGET): the sources in which the folder's mutants.txt plants something are compiled once
# more for that program, with each mutant behind a switch; as objects they come before the room's library,
# so theirs are the rules that are linked.
set(LIFELINE_PLANTED ${CMAKE_CURRENT_LIST_DIR})
check_test(mutate ${LIFELINE_PLANTED}/mutate_test.py)

function(plant_mutants target)
    set(mutants ${CMAKE_CURRENT_SOURCE_DIR}/mutants.txt)
    set(mutate ${Python3_EXECUTABLE} -B ${LIFELINE_PLANTED}/mutate.py ${mutants})
    set(from ${mutants} ${LIFELINE_PLANTED}/mutate.py)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS mutants.txt)
    check_test(planted.${target} ${LIFELINE_PLANTED}/mutate.py ${mutants} check)

    file(STRINGS mutants.txt places REGEX "^ +in +")
    list(TRANSFORM places REPLACE "^ +in +" "")
    list(REMOVE_DUPLICATES places)
    set(made ${CMAKE_CURRENT_BINARY_DIR}/planted_names.cpp)
    add_custom_command(OUTPUT ${made} COMMAND ${mutate} names ${made} DEPENDS ${from} VERBATIM)
    foreach(place IN LISTS places)
        string(REGEX REPLACE "[/.]" "_" name ${place})
        set(out ${CMAKE_CURRENT_BINARY_DIR}/mutated_${name}.cpp)
        add_custom_command(OUTPUT ${out} COMMAND ${mutate} source ${place} ${out}
            DEPENDS ${from} ${CMAKE_SOURCE_DIR}/${place} COMMENT "Planting mutants in ${place}" VERBATIM)
        list(APPEND made ${out})
    endforeach()
    target_sources(${target} PRIVATE ${made} ${LIFELINE_PLANTED}/planted.cpp)
    target_include_directories(${target} PRIVATE ${LIFELINE_PLANTED} ${CMAKE_CURRENT_SOURCE_DIR})
endfunction()
