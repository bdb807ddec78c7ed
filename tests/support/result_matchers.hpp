/// EXPECT_OK, ASSERT_OK and EXPECT_ERROR for functions that return Result.
#pragma once

#include <gtest/gtest.h>

#include <primitives/result.hpp>

namespace redoubt::tests {

template <class T>
[[nodiscard]] ::testing::AssertionResult is_ok(const Result<T>& result) {
    if (result.has_value()) {
        return ::testing::AssertionSuccess();
    }
    return ::testing::AssertionFailure()
           << "error " << result.error().category().name() << ": " << result.error().message();
}

template <class T, class Error>
[[nodiscard]] ::testing::AssertionResult is_error(const Result<T>& result, Error expected) {
    if (result.has_value()) {
        return ::testing::AssertionFailure()
               << "succeeded, expected the error: " << make_error_code(expected).message();
    }
    if (result.error() == make_error_code(expected)) {
        return ::testing::AssertionSuccess();
    }
    return ::testing::AssertionFailure()
           << "error " << result.error().message() << ", expected " << make_error_code(expected).message();
}

}  // namespace redoubt::tests

#define EXPECT_OK(expression) EXPECT_TRUE(::redoubt::tests::is_ok(expression))
#define ASSERT_OK(expression) ASSERT_TRUE(::redoubt::tests::is_ok(expression))
#define EXPECT_ERROR(expression, error) EXPECT_TRUE(::redoubt::tests::is_error(expression, error))
