/// Where the password of a key file comes from: a file, the environment, or the terminal without echo.
#pragma once

#include <optional>
#include <primitives/crypto/secret.hpp>
#include <string>
#include <tools/wallet/failure.hpp>

namespace redoubt::wallet {

/// The user's choice. The first that is set wins: no_password, file, the environment variable
/// REDOUBT_PASSWORD, the terminal.
struct PasswordSource {
    bool none = false;                ///< --no-password
    std::optional<std::string> file;  ///< --password-file: the first line, without its line end
};

/// The environment variable that holds a password.
inline constexpr const char* kPasswordVariable = "REDOUBT_PASSWORD";
/// Longer passwords are refused.
inline constexpr std::size_t kPasswordBytesMax = 1024;

/// Gets a password.
/// @param purpose  for the prompt: "Password for alice"
/// @param confirm  a new password: asks twice at the terminal and refuses an empty one
/// @errors password_unavailable, password_empty, password_mismatch, password_too_long
[[nodiscard]] Fallible<crypto::SecretBuffer> get_password(const PasswordSource& source,
                                                          const std::string& purpose,
                                                          bool confirm);

/// Reads one line from the terminal without showing it, or from standard input where there is no terminal.
/// @errors password_unavailable, password_too_long
[[nodiscard]] Fallible<crypto::SecretBuffer> read_hidden_line(const std::string& prompt,
                                                              std::size_t bytes_max);

}  // namespace redoubt::wallet
