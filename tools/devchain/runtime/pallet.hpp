/// A pallet, and how it describes itself: the one source of its metadata and of the dispatch of its calls.
///
/// A new pallet is a folder below pallets/ with a class that derives Pallet, and one line in pallets.cpp.
#pragma once

#include <primitives/byte_cursor.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <tools/devchain/runtime/context.hpp>
#include <tools/devchain/runtime/runtime_call.hpp>
#include <tools/devchain/runtime/storage_item.hpp>
#include <tools/devchain/runtime/type_builder.hpp>
#include <tuple>
#include <vector>

namespace redoubt::devchain {

struct GenesisConfig;
class PalletDescription;

class Pallet {
  public:
    Pallet() = default;
    Pallet(const Pallet&) = delete;
    Pallet& operator=(const Pallet&) = delete;
    virtual ~Pallet() = default;

    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual std::uint8_t index() const = 0;
    /// First segment of the paths of its call, event and error enums, for example "pallet_balances".
    [[nodiscard]] virtual std::string_view crate() const = 0;
    virtual void describe(PalletDescription& description) const = 0;

    virtual void build_genesis(Context&, const GenesisConfig&) const {}
    virtual void on_initialize(Context&, const std::vector<substrate::DigestItem>& /*pre_runtime*/) const {}
    virtual void on_finalize(Context&) const {}
};

/// An error of a pallet, as calls return it.
template <class... Fields>
[[nodiscard]] DispatchError module_error(std::uint8_t pallet, const Error<Fields...>& error) {
    return {DispatchError::Module{ModuleError{pallet, {error.index, 0, 0, 0}}}};
}

namespace detail {

template <class Method>
struct CallMethod;
template <class P, class R, class... Args>
struct CallMethod<Dispatched<R> (P::*)(Context&, const Origin&, Args...) const> {
    using Owner = P;
    using Arguments = std::tuple<std::remove_cvref_t<Args>...>;
    static constexpr std::size_t kArity = sizeof...(Args);
};

template <class Method, class Info>
class BoundCall final : public CallBody {
  public:
    using Traits = CallMethod<Method>;
    BoundCall(const typename Traits::Owner& pallet,
              Method method,
              Info announced,
              typename Traits::Arguments arguments)
        : pallet_(pallet), method_(method), info_(announced), arguments_(std::move(arguments)) {}

    [[nodiscard]] DispatchInfo info() const override {
        if constexpr (std::is_convertible_v<Info, DispatchInfo>) {
            return info_;
        } else {
            return std::apply(info_, arguments_);
        }
    }
    [[nodiscard]] Dispatched<PostDispatch> run(Context& context, const Origin& origin) const override {
        auto result = std::apply(
            [&](const auto&... argument) { return (pallet_.*method_)(context, origin, argument...); },
            arguments_);
        if (!result) {
            return result.error();
        }
        if constexpr (std::is_same_v<decltype(result), Dispatched<PostDispatch>>) {
            return result;
        } else {
            return PostDispatch{};
        }
    }

  private:
    const typename Traits::Owner& pallet_;
    Method method_;
    Info info_;
    typename Traits::Arguments arguments_;
};

}  // namespace detail

class PalletDescription {
  public:
    explicit PalletDescription(const Pallet& pallet) : pallet_(&pallet) {}

    /// A call: its arguments are those of `method` after the context and the origin.
    /// @param info  the weight and class: a DispatchInfo, or a function of the arguments that gives one
    template <class Method, class Info>
    void call(std::uint8_t index,
              std::string_view name,
              const std::array<std::string_view, detail::CallMethod<Method>::kArity>& names,
              Info info,
              Method method) {
        using Traits = detail::CallMethod<Method>;
        const auto& owner = static_cast<const typename Traits::Owner&>(*pallet_);
        Call entry;
        entry.index = index;
        entry.name = name;
        entry.describe = [index, name, names](TypeBuilder& types) {
            return describe_arguments<typename Traits::Arguments>(types, index, name, names,
                                                                  std::make_index_sequence<Traits::kArity>{});
        };
        entry.decode = [&owner, method, info](ByteCursor& in) -> Result<std::shared_ptr<const CallBody>> {
            BOOST_OUTCOME_TRY(auto arguments, scale::read<typename Traits::Arguments>(in));
            return std::make_shared<const detail::BoundCall<Method, Info>>(owner, method, info,
                                                                           std::move(arguments));
        };
        calls_.push_back(std::move(entry));
    }

    template <class... Specs>
    void events(const Specs&... specs) {
        (events_.push_back(describer(specs)), ...);
    }
    template <class... Specs>
    void errors(const Specs&... specs) {
        (errors_.push_back(describer(specs)), ...);
    }

    template <class T>
    void storage(const StorageValue<T>& item) {
        storage_.push_back({item.item(),
                            item.absent(),
                            {},
                            {},
                            [](TypeBuilder& types) { return types.add<T>(); },
                            fallback<T>(item.absent())});
    }
    template <class K, class T>
    void storage(const StorageMap<K, T>& item) {
        storage_.push_back({item.item(), item.absent(), item.hasher(),
                            [](TypeBuilder& types) { return types.add<K>(); },
                            [](TypeBuilder& types) { return types.add<T>(); }, fallback<T>(item.absent())});
    }
    /// Several items.
    template <class First, class... More>
    requires(sizeof...(More) > 0) void storage(const First& first, const More&... more) {
        storage(first);
        storage(more...);
    }

    template <class T>
    void constant(std::string_view name, const T& value) {
        constants_.push_back({name, [](TypeBuilder& types) { return types.add<T>(); }, scale::encode(value)});
    }

    using DescribeVariant = std::function<substrate::Variant(TypeBuilder&)>;
    using DescribeType = std::function<substrate::TypeId(TypeBuilder&)>;
    struct Call {
        std::uint8_t index = 0;
        std::string_view name;
        DescribeVariant describe;
        std::function<Result<std::shared_ptr<const CallBody>>(ByteCursor&)> decode;
    };
    struct Item {
        std::string_view name;
        Absent absent;
        std::optional<Hasher> hasher;  ///< of a map
        DescribeType key;              ///< of a map
        DescribeType value;
        Bytes fallback;
    };
    struct Constant {
        std::string_view name;
        DescribeType type;
        Bytes value;
    };
    [[nodiscard]] const Pallet& pallet() const noexcept { return *pallet_; }
    [[nodiscard]] const std::vector<Call>& calls() const noexcept { return calls_; }
    [[nodiscard]] const std::vector<DescribeVariant>& events() const noexcept { return events_; }
    [[nodiscard]] const std::vector<DescribeVariant>& errors() const noexcept { return errors_; }
    [[nodiscard]] const std::vector<Item>& storage() const noexcept { return storage_; }
    [[nodiscard]] const std::vector<Constant>& constants() const noexcept { return constants_; }

  private:
    template <class Spec>
    [[nodiscard]] static DescribeVariant describer(const Spec& spec) {
        return [spec](TypeBuilder& types) { return spec.describe(types); };
    }
    template <class Arguments, std::size_t... kIndices>
    [[nodiscard]] static substrate::Variant describe_arguments(TypeBuilder& types,
                                                               std::uint8_t index,
                                                               std::string_view name,
                                                               const auto& names,
                                                               std::index_sequence<kIndices...>) {
        return {name,
                {field_of(names[kIndices], types.add<std::tuple_element_t<kIndices, Arguments>>())...},
                index};
    }
    template <class T>
    [[nodiscard]] static Bytes fallback(Absent absent) {
        return absent == Absent::kNone ? Bytes{0} : scale::encode(T{});
    }

    const Pallet* pallet_;
    std::vector<Call> calls_;
    std::vector<DescribeVariant> events_;
    std::vector<DescribeVariant> errors_;
    std::vector<Item> storage_;
    std::vector<Constant> constants_;
};

}  // namespace redoubt::devchain
