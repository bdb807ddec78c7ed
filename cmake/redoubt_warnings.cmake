# The one list of warnings. A suppression elsewhere names its reason.
add_library(redoubt_warnings INTERFACE)
target_compile_options(redoubt_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 takes inactive alternatives of a std::variant inside a Result for uninitialised at -O2, and Asio's
  # allocation of coroutine frames for a mismatch of new and delete.
  target_compile_options(redoubt_warnings INTERFACE -Wduplicated-cond -Wlogical-op
    -Wno-maybe-uninitialized -Wno-mismatched-new-delete)
endif()
