#include <registry-client/account_nonces.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <rpc/run_on.hpp>

namespace redoubt::registry_client {

namespace asio = boost::asio;

AccountNonces::Turn::~Turn() {
    asio::dispatch(nonces_->strand_, [nonces = nonces_, account = account_] { nonces->end_turn(account); });
}

AccountNonces::Held::~Held() {
    asio::dispatch(nonces_->strand_, [nonces = nonces_, account = account_, nonce = nonce_] {
        nonces->give_back(account, nonce);
    });
}

AccountNonces::Account& AccountNonces::at(const AccountId& account) {
    auto& entry = accounts_[account];
    if (!entry) {
        entry = std::make_unique<Account>(strand_);
    }
    return *entry;
}

void AccountNonces::forget_idle(const AccountId& account) {
    const auto found = accounts_.find(account);
    if (found != accounts_.end() && !found->second->taken && found->second->waiting == 0 &&
        found->second->held.empty()) {
        accounts_.erase(found);
    }
}

void AccountNonces::end_turn(const AccountId& account) {
    auto& entry = at(account);
    entry.taken = false;
    entry.changed.cancel();
    forget_idle(account);
}

void AccountNonces::give_back(const AccountId& account, std::uint32_t nonce) {
    auto& held = at(account).held;
    if (const auto found = held.find(nonce); found != held.end()) {
        held.erase(found);
    }
    forget_idle(account);
}

Task<std::shared_ptr<AccountNonces::Turn>> AccountNonces::take_turn(AccountId account) {
    return rpc::run_on(strand_, take_turn_here(account));
}

Task<std::uint32_t> AccountNonces::next_free(AccountId account,
                                             std::uint32_t first,
                                             std::set<std::uint32_t> used) {
    return rpc::run_on(strand_, next_free_here(account, first, std::move(used)));
}

Task<std::shared_ptr<AccountNonces::Held>> AccountNonces::hold(AccountId account, std::uint32_t nonce) {
    return rpc::run_on(strand_, hold_here(account, nonce));
}

Task<std::shared_ptr<AccountNonces::Turn>> AccountNonces::take_turn_here(AccountId account) {
    const auto self = shared_from_this();
    auto& entry = at(account);
    ++entry.waiting;
    // A coroutine that is cancelled here leaves by an exception.
    const auto leave = [](Account* counted) { --counted->waiting; };
    const std::unique_ptr<Account, decltype(leave)> waiting{&entry, leave};
    while (entry.taken) {
        co_await entry.changed.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    entry.taken = true;
    co_return std::make_shared<Turn>(self, account);
}

Task<std::uint32_t> AccountNonces::next_free_here(AccountId account,
                                                  std::uint32_t first,
                                                  std::set<std::uint32_t> used) {
    const auto found = accounts_.find(account);
    const auto held = [&](std::uint32_t nonce) {
        return found != accounts_.end() && found->second->held.contains(nonce);
    };
    auto nonce = first;
    while (used.contains(nonce) || held(nonce)) {
        ++nonce;
    }
    co_return nonce;
}

Task<std::shared_ptr<AccountNonces::Held>> AccountNonces::hold_here(AccountId account, std::uint32_t nonce) {
    at(account).held.insert(nonce);
    co_return std::make_shared<Held>(shared_from_this(), account, nonce);
}

}  // namespace redoubt::registry_client
