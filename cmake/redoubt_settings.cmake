# Language level, build types, caches and hardening that hold for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release or RelWithDebInfo" FORCE)
endif()

find_program(REDOUBT_CCACHE ccache)
if(REDOUBT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${REDOUBT_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${REDOUBT_CCACHE}")
endif()

# Debug information of the dev build is kept to line tables: linking stays quick on two cores.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

add_compile_options(-fstack-protector-strong -fno-strict-overflow)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT REDOUBT_SANITIZE)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
add_link_options(-Wl,-z,relro,-z,now)

# Two hundred programs are linked for the tests. LLVM's linker takes a seventh of the time of GNU's; what is shipped
# is linked by GNU's.
find_program(REDOUBT_LLD ld.lld)
if(CMAKE_BUILD_TYPE STREQUAL "Debug" AND REDOUBT_LLD)
  add_link_options(-fuse-ld=lld)
endif()

if(REDOUBT_SANITIZE)
  # The check of virtual tables asks the kernel for a pipe, and the enclave's filter of system calls ends who does.
  add_compile_options(-fsanitize=${REDOUBT_SANITIZE} -fno-sanitize=vptr -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${REDOUBT_SANITIZE})
  set(REDOUBT_STATIC_ENCLAVE OFF CACHE BOOL "sanitizer runtimes do not link statically" FORCE)
endif()

if(REDOUBT_FUZZ)
  # Coverage for libFuzzer in every library; its main is linked by tests/fuzz alone.
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
