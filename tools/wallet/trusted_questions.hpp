/// The questions that only the owner of an account may ask its enclave, and what they share with the calls.
#pragma once

#include <memory>
#include <string>
#include <tools/wallet/trusted_session.hpp>

namespace redoubt::wallet {

/// The positional arguments of the trusted commands; each uses what it has.
struct TrustedArguments {
    std::string account = "//Alice";
    std::string to;
    std::string amount;
    std::string sudo = "//Alice";
    std::string number;
};

/// The chain, and how amounts are written on it.
struct Place {
    ChainClientPtr chain;
    std::shared_ptr<const Runtime> runtime;
    AmountFormat format;
};
/// Connects to the chain. The context outlives the task.
[[nodiscard]] Task<Fallible<Place>> open_chain(Context& context);

/// The key of an account that signs. @errors those of Accounts::unlock
[[nodiscard]] Fallible<SigningKey> unlock(Context& context,
                                          const ChainClientPtr& chain,
                                          const std::string& account);

// What the commands print; the context outlives the tasks.
[[nodiscard]] Task<Fallible<Report>> show_balance(Context& context,
                                                  TrustedArguments wanted,
                                                  TrustedOptions options);
[[nodiscard]] Task<Fallible<Report>> show_nonce(Context& context,
                                                TrustedArguments wanted,
                                                TrustedOptions options);
[[nodiscard]] Task<Fallible<Report>> counter_get(Context& context,
                                                 TrustedArguments wanted,
                                                 TrustedOptions options);
[[nodiscard]] Task<Fallible<Report>> gated_inside(Context& context,
                                                  TrustedArguments wanted,
                                                  TrustedOptions options);
[[nodiscard]] Task<Fallible<Report>> gated_door(Context& context,
                                                TrustedArguments wanted,
                                                TrustedOptions options);
/// @param text  the operation hash
/// @param wait  until a worker knows it, and until its block is confirmed
/// @errors hash_malformed; with `wait` those of await_confirmation
[[nodiscard]] Task<Fallible<Report>> show_status(Context& context,
                                                 std::string text,
                                                 bool wait,
                                                 TrustedOptions options);

}  // namespace redoubt::wallet
