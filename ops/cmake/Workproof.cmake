# The rules every part is built by: one language level, one set of warnings, one hardening.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_compile_definitions(_GNU_SOURCE WORKPROOF_VERSION="${PROJECT_VERSION}")
add_compile_options(-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wvla -Werror
	-fno-strict-aliasing -fstack-protector-strong -fno-common)
if(CMAKE_C_COMPILER_ID STREQUAL GNU)
	# snprintf's cut is either wanted (log texts) or checked by its result; the warning knows neither.
	add_compile_options(-Wno-format-truncation)
endif()
add_link_options(-pie -Wl,-z,relro,-z,now)
include_directories(${PROJECT_SOURCE_DIR})

if(WORKPROOF_FAULTS)
	add_compile_definitions(WORKPROOF_FAULTS=1)
endif()
if(WORKPROOF_SANITIZE)
	add_compile_options(-fsanitize=${WORKPROOF_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
	add_link_options(-fsanitize=${WORKPROOF_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
	add_compile_definitions(_FORTIFY_SOURCE=2)
endif()
if(WORKPROOF_FUZZ)
	add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(WORKPROOF_COVERAGE)
	add_compile_options(--coverage)
	add_link_options(--coverage)
endif()

find_package(PkgConfig REQUIRED)
foreach(package libczmq libzmq libcurl libcjson libsodium libsecp256k1 hiredis libmicrohttpd
		libprotobuf-c nettle libseccomp)
	pkg_check_modules(${package} REQUIRED IMPORTED_TARGET ${package})
endforeach()
pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka)

# wp_service(<name> SOURCES … [LINKS …]): one daemon, bin/wp-<name>, and its objects as a library
# svc_<name> (all but main.c), so that its pure functions can be unit-tested.
function(wp_service name)
	cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
	add_library(svc_${name} STATIC ${arg_SOURCES})
	target_link_libraries(svc_${name} PUBLIC wp_proto wp_evm wp_common ${arg_LINKS})
	add_executable(wp-${name} main.c)
	target_link_libraries(wp-${name} PRIVATE svc_${name})
endfunction()

# wp_unit_test(<name> SOURCES … [LINKS …]): a cmocka program, labelled unit.
function(wp_unit_test name)
	cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
	add_executable(unit_${name} EXCLUDE_FROM_ALL ${arg_SOURCES})
	set_target_properties(unit_${name} PROPERTIES
		RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests EXCLUDE_FROM_ALL OFF)
	target_link_libraries(unit_${name} PRIVATE ${arg_LINKS} PkgConfig::cmocka)
	target_compile_definitions(unit_${name} PRIVATE WP_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
	add_test(NAME unit.${name} COMMAND unit_${name})
	set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 120)
endfunction()

# wp_fuzzer(<name> SOURCES … [LINKS …]): a libFuzzer harness, built in the preset fuzz; its test, run from
# any preset, replays the corpus in tests/fuzz/corpus/<name> and then fuzzes for a few seconds.
function(wp_fuzzer name)
	set(program ${PROJECT_SOURCE_DIR}/build/fuzz/tests/fuzz_${name})
	add_test(NAME fuzz.${name} COMMAND ${PROJECT_SOURCE_DIR}/tests/fuzz/run.sh ${program} ${name})
	set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 120)
	if(NOT WORKPROOF_FUZZ)
		return()
	endif()
	cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
	add_executable(fuzz_${name} ${arg_SOURCES})
	set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
	target_link_libraries(fuzz_${name} PRIVATE ${arg_LINKS})
	target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()
