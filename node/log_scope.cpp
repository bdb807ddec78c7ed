#include <node/log_scope.hpp>

#include <boost/asio/execution.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>
#include <node/shard_places.hpp>

#include <type_traits>
#include <utility>

namespace redoubt::node {
namespace {

namespace asio = boost::asio;

thread_local const LogScope* current = nullptr;

/// An executor around another one, as Asio's strand is: properties are the inner one's.
class ScopedExecutor {
  public:
    ScopedExecutor(Executor inner, std::shared_ptr<const LogScope> scope) noexcept
        : inner_(std::move(inner)), scope_(std::move(scope)) {}

    template <class Property, class = std::enable_if_t<asio::can_query<const Executor&, Property>::value>>
    [[nodiscard]] decltype(auto) query(const Property& property) const {
        return asio::query(inner_, property);
    }

    template <class Property, class = std::enable_if_t<asio::can_require<const Executor&, Property>::value>>
    [[nodiscard]] ScopedExecutor require(const Property& property) const {
        return {asio::require(inner_, property), scope_};
    }

    template <class Property, class = std::enable_if_t<asio::can_prefer<const Executor&, Property>::value>>
    [[nodiscard]] ScopedExecutor prefer(const Property& property) const {
        return {asio::prefer(inner_, property), scope_};
    }

    template <class Function>
    void execute(Function&& function) const {
        inner_.execute(
            [scope = scope_, run = std::decay_t<Function>(std::forward<Function>(function))]() mutable {
                const EnteredLogScope entered{scope.get()};
                std::move(run)();
            });
    }

    friend bool operator==(const ScopedExecutor& a, const ScopedExecutor& b) noexcept {
        return a.inner_ == b.inner_ && a.scope_ == b.scope_;
    }
    friend bool operator!=(const ScopedExecutor& a, const ScopedExecutor& b) noexcept { return !(a == b); }

  private:
    Executor inner_;
    std::shared_ptr<const LogScope> scope_;
};

}  // namespace

std::string LogScope::label() const {
    if (!is_one_of_several) {
        return {};
    }
    return shard ? short_name(*shard) : "new shard";
}

EnteredLogScope::EnteredLogScope(const LogScope* scope) noexcept : before_(std::exchange(current, scope)) {
}

EnteredLogScope::~EnteredLogScope() {
    current = before_;
}

const LogScope* current_log_scope() {
    return current;
}

Executor scoped_executor(Executor inner, std::shared_ptr<const LogScope> scope) {
    return ScopedExecutor{std::move(inner), std::move(scope)};
}

}  // namespace redoubt::node
