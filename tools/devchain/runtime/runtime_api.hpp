/// The runtime's API functions, which nodes call without a transaction: one table from which the calls are
/// answered and the metadata lists them.
#pragma once

#include <primitives/byte_cursor.hpp>
#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>

#include <functional>
#include <string_view>
#include <tools/devchain/runtime/storage.hpp>
#include <tools/devchain/runtime/type_builder.hpp>
#include <utility>
#include <vector>

namespace redoubt::devchain {

class Runtime;

/// What an API function can reach.
struct ApiContext {
    const Runtime& runtime;
    const Storage& storage;
};

class RuntimeApi {
  public:
    using DescribeType = std::function<substrate::TypeId(TypeBuilder&)>;
    struct Method {
        std::string_view name;
        std::vector<std::pair<std::string_view, DescribeType>> inputs;
        DescribeType output;
        std::function<Result<Bytes>(const ApiContext&, ByteView parameters)> run;
    };

    RuntimeApi(std::string_view name, std::uint32_t version) : name_(name), version_(version) {}

    template <class Output, class... Inputs>
    RuntimeApi& method(std::string_view name,
                       const std::array<std::string_view, sizeof...(Inputs)>& names,
                       Output (*function)(const ApiContext&, Inputs...)) {
        Method entry;
        entry.name = name;
        std::size_t i = 0;
        (entry.inputs.emplace_back(
             names[i++], [](TypeBuilder& types) { return types.add<std::remove_cvref_t<Inputs>>(); }),
         ...);
        entry.output = [](TypeBuilder& types) { return types.add<Output>(); };
        entry.run = [function](const ApiContext& context, ByteView parameters) -> Result<Bytes> {
            using Parameters = std::tuple<std::remove_cvref_t<Inputs>...>;
            BOOST_OUTCOME_TRY(const auto inputs, scale::decode<Parameters>(parameters));
            const auto output =
                std::apply([&](const auto&... input) { return function(context, input...); }, inputs);
            Bytes out;
            using scale::encode_scale;
            encode_scale(out, output);
            return out;
        };
        methods_.push_back(std::move(entry));
        return *this;
    }

    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    [[nodiscard]] std::uint32_t version() const noexcept { return version_; }
    [[nodiscard]] const std::vector<Method>& methods() const noexcept { return methods_; }

  private:
    std::string_view name_;
    std::uint32_t version_;
    std::vector<Method> methods_;
};

/// Every API of this runtime.
[[nodiscard]] const std::vector<RuntimeApi>& runtime_apis();

}  // namespace redoubt::devchain
