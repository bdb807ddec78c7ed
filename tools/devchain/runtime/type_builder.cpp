#include <tools/devchain/runtime/type_builder.hpp>

namespace redoubt::devchain {
namespace {

/// "Mortal0" to "Mortal255"; the names live as long as the program.
const std::array<std::string, 256>& mortal_names() {
    static const auto names = [] {
        std::array<std::string, 256> out;
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = "Mortal" + std::to_string(i);
        }
        return out;
    }();
    return names;
}

}  // namespace

std::vector<std::string_view> path_of(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const auto end = text.find("::");
        out.push_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 2);
    }
    return out;
}

substrate::Field field_of(std::string_view name, substrate::TypeId type) {
    return {name.empty() ? std::nullopt : std::optional{name}, type, std::nullopt};
}

substrate::Type TypeOf<crypto::MultiSignature>::describe(TypeBuilder& types) {
    substrate::VariantDef def{{
        {"Ed25519", {field_of({}, types.add<crypto::Ed25519Signature>())}, 0},
        {"Sr25519", {field_of({}, types.add<crypto::Sr25519Signature>())}, 1},
        {"Ecdsa", {field_of({}, types.add<crypto::EcdsaSignature>())}, 2},
    }};
    return detail::type_with(std::move(def), "sp_runtime::MultiSignature");
}

substrate::Type TypeOf<substrate::Era>::describe(TypeBuilder& types) {
    const auto byte = types.add<std::uint8_t>();
    substrate::VariantDef def;
    def.variants.push_back({"Immortal", {}, 0});
    for (std::size_t i = 1; i < 256; ++i) {
        def.variants.push_back({mortal_names()[i], {field_of({}, byte)}, static_cast<std::uint8_t>(i)});
    }
    return detail::type_with(std::move(def), "sp_runtime::generic::era::Era");
}

substrate::Type TypeOf<substrate::DigestItem>::describe(TypeBuilder& types) {
    const auto engine = field_of({}, types.add<std::array<std::uint8_t, 4>>());
    const auto data = field_of({}, types.add<Bytes>());
    substrate::VariantDef def{{
        {"PreRuntime", {engine, data}, 6},
        {"Consensus", {engine, data}, 4},
        {"Seal", {engine, data}, 5},
        {"Other", {data}, 0},
        {"RuntimeEnvironmentUpdated", {}, 8},
    }};
    return detail::type_with(std::move(def), "sp_runtime::generic::digest::DigestItem");
}

}  // namespace redoubt::devchain
