/// Who of this process may take the next nonce of an account.
///
/// Transactions of one account are signed and submitted one after the other; what is submitted waits for
/// its block side by side.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <primitives/bytes.hpp>
#include <rpc/task.hpp>
#include <set>
#include <unordered_map>

namespace redoubt::registry_client {

/// Lives on one strand, except for the handles, which may go anywhere.
class AccountNonces : public std::enable_shared_from_this<AccountNonces> {
  public:
    explicit AccountNonces(Executor strand) : strand_(std::move(strand)) {}

    /// The right to choose a nonce; given up when it goes.
    class Turn {
      public:
        Turn(std::shared_ptr<AccountNonces> nonces, AccountId account)
            : nonces_(std::move(nonces)), account_(account) {}
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn();

      private:
        std::shared_ptr<AccountNonces> nonces_;
        AccountId account_;
    };

    /// A nonce that a transaction of this process holds; given back when it goes.
    class Held {
      public:
        Held(std::shared_ptr<AccountNonces> nonces, AccountId account, std::uint32_t nonce)
            : nonces_(std::move(nonces)), account_(account), nonce_(nonce) {}
        Held(const Held&) = delete;
        Held& operator=(const Held&) = delete;
        ~Held();
        [[nodiscard]] std::uint32_t nonce() const { return nonce_; }

      private:
        std::shared_ptr<AccountNonces> nonces_;
        AccountId account_;
        std::uint32_t nonce_;
    };

    /// Waits for the turn of this account.
    [[nodiscard]] Task<std::shared_ptr<Turn>> take_turn(AccountId account);
    /// The lowest nonce from `first` on that nobody here holds and that is not among `used`.
    [[nodiscard]] Task<std::uint32_t> next_free(AccountId account,
                                                std::uint32_t first,
                                                std::set<std::uint32_t> used = {});
    /// Holds `nonce`. @pre the caller has the turn
    [[nodiscard]] Task<std::shared_ptr<Held>> hold(AccountId account, std::uint32_t nonce);

  private:
    struct Account {
        explicit Account(const Executor& strand) : changed(strand) {
            changed.expires_at(boost::asio::steady_timer::time_point::max());
        }
        bool taken = false;
        std::size_t waiting = 0;
        std::multiset<std::uint32_t> held;
        boost::asio::steady_timer changed;
    };
    [[nodiscard]] Task<std::shared_ptr<Turn>> take_turn_here(AccountId account);
    [[nodiscard]] Task<std::uint32_t> next_free_here(AccountId account,
                                                     std::uint32_t first,
                                                     std::set<std::uint32_t> used);
    [[nodiscard]] Task<std::shared_ptr<Held>> hold_here(AccountId account, std::uint32_t nonce);
    [[nodiscard]] Account& at(const AccountId& account);
    void forget_idle(const AccountId& account);
    void end_turn(const AccountId& account);
    void give_back(const AccountId& account, std::uint32_t nonce);

    Executor strand_;
    std::unordered_map<AccountId, std::unique_ptr<Account>> accounts_;
};

}  // namespace redoubt::registry_client
