// The recorded transactions of the real Integritee pallets, run on the dev chain's runtime, and the real
// metadata compared with the runtime's own. Origin: vectors/chainspec/INDEX.json.
#include <gtest/gtest.h>

#include <primitives/hex.hpp>

#include <set>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tools/devchain/runtime/block_runner_test.hpp>

namespace redoubt::devchain::tests {
namespace {

using nlohmann::json;
using redoubt::tests::read_file;
using redoubt::tests::read_json;
using redoubt::tests::VectorCount;

// Transcript ----------------------------------------------------------------------------------------------

/// Events about fees, which differ from chain to chain, and one that only accounts of an old format cause.
const std::set<std::pair<int, int>> kFeeEvents{{10, 7}, {10, 8}, {10, 14}, {11, 0}, {13, 6}};

bool is_fee_event(ByteView event) {
    return kFeeEvents.contains({event[0], event[1]});
}

std::vector<Bytes> recorded_events(const json& transaction) {
    std::vector<Bytes> out;
    for (const auto& event : transaction.at("events")) {
        auto bytes = parse_hex(event.at("scale").get<std::string>()).value();
        if (!is_fee_event(bytes)) {
            out.push_back(std::move(bytes));
        }
    }
    return out;
}

std::vector<Bytes> produced_events(const BlockRunner& runner, const BlockOutcome& block) {
    std::vector<Bytes> out;
    const auto walked = substrate::walk_events(
        runner.metadata(), block.encoded_events, [&](const substrate::EventView& event) {
            auto bytes = concat(Bytes{event.pallet->index, event.event->index}, event.fields);
            if (!is_fee_event(bytes)) {
                out.push_back(std::move(bytes));
            }
        });
    EXPECT_OK(walked);
    return out;
}

/// The account that signed a recorded transaction.
AccountId recorded_signer(const json& transaction) {
    const auto bytes = parse_hex(transaction.at("extrinsicHex").get<std::string>()).value();
    ByteCursor in{bytes};
    const auto body = scale::read_bytes(in).value();
    return AccountId::copy_of(body.subspan(2).first<32>());
}

/// What a call that rests on hardware evidence would leave in the state: a storage item, and the account
/// whose entry it is where the item has one for each account.
struct Attested {
    std::string reason;
    std::string item;
    std::optional<AccountId> account;

    [[nodiscard]] bool covers(std::string_view stored_item, ByteView key) const {
        return stored_item == item && (!account || !std::ranges::search(key, account->view()).empty());
    }
};

/// Why the recorded outcome of a call cannot be reached here: it rests on evidence of hardware, which this
/// runtime refuses. Told by the call and by the attestation method among its arguments, nothing else.
std::optional<Attested> needs_attestation(const json& transaction, ByteView call) {
    const auto name = transaction.at("call").get<std::string>();
    if (name == "teerex.registerQuotingEnclave") {
        return Attested{"signed identity of a quoting enclave", "teerex.sgxQuotingEnclaveRegistry", {}};
    }
    if (name == "teerex.registerTcbInfo") {
        return Attested{"signed TCB info", "teerex.sgxTcbInfo", {}};
    }
    if (name != "teerex.registerSgxEnclave") {
        return std::nullopt;
    }
    // Proof, URL, then the method: 0 Skip{proxied}, 1 Ias, 2 Dcap{proxied}.
    ByteCursor in{call.subspan(2)};
    EXPECT_TRUE(scale::read<Bytes>(in).has_value() && scale::read<std::optional<Bytes>>(in).has_value());
    const auto method = in.take_byte().value();
    if (method == 0) {
        return std::nullopt;
    }
    const bool is_proxied = method == 2 && in.take_byte().value() != 0;
    return Attested{method == 1 ? "IAS report" : "DCAP quote",
                    is_proxied ? "teerex.proxiedEnclaves" : "teerex.sovereignEnclaves",
                    recorded_signer(transaction)};
}

/// The dev account whose key signs: the signer's own where it is known, another one for enclaves' accounts.
std::string signer_of(const json& transaction) {
    const auto account = recorded_signer(transaction);
    for (const auto* uri : {"//Alice", "//Bob"}) {
        if (account == account_of(uri)) {
            return uri;
        }
    }
    return "//Charlie";
}

GenesisConfig rich_genesis() {
    GenesisConfig out;
    for (const auto* uri : {"//Alice", "//Bob", "//Charlie"}) {
        out.balances.emplace_back(account_of(uri), 1'000'000 * BlockRunner::kUnit);
    }
    return out;
}

/// The clock and flags of the recording, which its makers set from outside.
void set_scene(BlockRunner& runner, const json& transaction) {
    const auto now = std::stoull(transaction.at("now").get<std::string>());
    runner.state().put(substrate::storage_key(runner.metadata(), "Timestamp", "Now").value(),
                       scale::encode(std::uint64_t{now}));
    const bool allows_skipping =
        transaction.at("label").get<std::string>().find("when not allowed") == std::string::npos;
    runner.state().put(
        substrate::storage_key(runner.metadata(), "Teerex", "AllowSkippingAttestation").value(),
        scale::encode(allows_skipping));
}

TEST(DevchainTranscript, replays_the_recorded_transactions) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
    const auto transcript = read_json(folder / "teerex-paseo50-transcript.json");
    VectorCount count{"transactions of the real pallets"};
    BlockRunner runner{rich_genesis()};
    runner.run({});  // from here on the chain knows its genesis hash
    std::vector<Attested> refused;
    for (const auto& entry : transcript) {
        if (!entry.contains("callHex")) {
            continue;
        }
        const auto label = entry.at("label").get<std::string>();
        const auto call = parse_hex(entry.at("callHex").get<std::string>()).value();
        set_scene(runner, entry);
        const auto block =
            runner.run({runner.sign(call, signer_of(entry))}, entry.at("number").get<std::uint32_t>(), false);
        ASSERT_TRUE(block.results[0].has_value()) << label;
        const auto produced = produced_events(runner, block);
        if (auto attested = needs_attestation(entry, call)) {
            // ExtrinsicFailed, Teerex: RemoteAttestationVerificationFailed or CollateralIsInvalid.
            const std::uint8_t reason = call[1] == 0 ? 2 : 9;
            const bool is_refused =
                produced.size() == 1 && equal(ByteView{produced.back()}.first(5), Bytes{0, 1, 3, 50, reason});
            std::printf("refused, needs attestation (%s): %s\n", attested->reason.c_str(), label.c_str());
            count.record("refused, needs attestation", label, is_refused);
            const auto outcome = recorded_events(entry).back();
            if (equal(ByteView{outcome}.first(2), Bytes{0, 0})) {  // ExtrinsicSuccess: it left something
                refused.push_back(std::move(*attested));
            }
            continue;
        }
        const auto recorded = recorded_events(entry);
        count.record("same events and weights", label, produced == recorded);
        if (entry.at("call").get<std::string>() == "teerex.registerSgxEnclave") {
            // From here on the signer's entry does not rest on evidence.
            std::erase_if(refused, [&](const Attested& one) {
                return one.account == recorded_signer(entry) && one.item == "teerex.sovereignEnclaves";
            });
        }
    }
    for (const auto& entry : transcript) {
        if (!entry.contains("storage")) {
            continue;
        }
        const auto item = entry.at("storage").get<std::string>();
        const auto stored = runner.state().get(parse_hex(entry.at("key").get<std::string>()).value());
        auto expected = parse_hex(entry.at("value").get<std::string>()).value();
        if (item == "enclaveBridge.executedUnshieldCalls") {
            std::ranges::reverse(expected);  // recorded as a number
        }
        if (stored) {
            count.record("same state", item, equal(*stored, expected));
        } else {
            const auto key = parse_hex(entry.at("key").get<std::string>()).value();
            const auto cause =
                std::ranges::find_if(refused, [&](const Attested& one) { return one.covers(item, key); });
            count.record("state that needs attestation", item, cause != refused.end());
        }
    }
}

// Layouts -------------------------------------------------------------------------------------------------

/// Compares types of two registries by structure: paths, names, indices, and what they are made of.
class TypeComparison {
  public:
    TypeComparison(const substrate::TypeRegistry& ours, const substrate::TypeRegistry& theirs)
        : ours_(ours), theirs_(theirs) {}

    [[nodiscard]] bool same(substrate::TypeId our_id, substrate::TypeId their_id) {
        if (!visited_.insert({our_id, their_id}).second) {
            return true;
        }
        const auto& our = *ours_.find(our_id);
        const auto& their = *theirs_.find(their_id);
        if (!our.path.empty() && our.path.front() == "redoubt_dev_runtime") {
            return our.path.back() == their.path.back();  // enums over all pallets of a runtime
        }
        return our.path == their.path && our.def.index() == their.def.index() && same_def(our.def, their.def);
    }
    [[nodiscard]] bool same_variant(const substrate::Variant& our, const substrate::Variant& their) {
        return our.name == their.name && our.index == their.index && same_fields(our.fields, their.fields);
    }

  private:
    [[nodiscard]] bool same_fields(const std::vector<substrate::Field>& our,
                                   const std::vector<substrate::Field>& their) {
        return std::ranges::equal(our, their, [this](const auto& a, const auto& b) {
            return a.name == b.name && same(a.type, b.type);
        });
    }
    [[nodiscard]] bool same_def(const substrate::TypeDef& our, const substrate::TypeDef& their) {
        return std::visit(
            [&]<class Def>(const Def& def) {
                const auto& other = std::get<Def>(their);
                if constexpr (std::is_same_v<Def, substrate::CompositeDef>) {
                    return same_fields(def.fields, other.fields);
                } else if constexpr (std::is_same_v<Def, substrate::VariantDef>) {
                    return std::ranges::equal(
                        def.variants, other.variants,
                        [this](const auto& a, const auto& b) { return same_variant(a, b); });
                } else if constexpr (std::is_same_v<Def, substrate::SequenceDef>) {
                    return same(def.element, other.element);
                } else if constexpr (std::is_same_v<Def, substrate::ArrayDef>) {
                    return def.length == other.length && same(def.element, other.element);
                } else if constexpr (std::is_same_v<Def, substrate::TupleDef>) {
                    return std::ranges::equal(def.elements, other.elements,
                                              [this](auto a, auto b) { return same(a, b); });
                } else if constexpr (std::is_same_v<Def, substrate::PrimitiveDef>) {
                    return def.primitive == other.primitive;
                } else if constexpr (std::is_same_v<Def, substrate::CompactDef>) {
                    return same(def.inner, other.inner);
                } else {
                    return same(def.store, other.store) && same(def.order, other.order);
                }
            },
            our);
    }

    const substrate::TypeRegistry& ours_;
    const substrate::TypeRegistry& theirs_;
    std::set<std::pair<substrate::TypeId, substrate::TypeId>> visited_;
};

/// Pallets that a chain with enclaves must have exactly as the real ones; of the others, what is there must
/// be right.
const std::set<std::string_view> kExactPallets{"Teerex", "Sidechain", "EnclaveBridge"};
/// What is deliberately different: identifiers of holds that the real runtime lists, and a renamed field.
const std::set<std::string> kOwnItems{"Balances.Holds", "System.Version"};

/// Compares the variants of two enums; an exact comparison wants the same ones in the same order.
void compare_enums(TypeComparison& comparison,
                   VectorCount& count,
                   const std::string& kind,
                   const std::string& pallet,
                   const substrate::VariantDef* our,
                   const substrate::VariantDef* their) {
    ASSERT_EQ(our == nullptr, their == nullptr) << pallet << " " << kind;
    if (our == nullptr) {
        return;
    }
    if (kExactPallets.contains(pallet)) {
        EXPECT_EQ(our->variants.size(), their->variants.size()) << pallet << " " << kind;
    }
    for (const auto& variant : our->variants) {
        const auto* other = their->by_index(variant.index);
        count.record(kind, pallet + "." + std::string{variant.name},
                     other != nullptr && comparison.same_variant(variant, *other));
    }
}

TEST(DevchainLayouts, are_those_of_the_real_pallets) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
    const auto text = read_file(folder / "integritee-paseo-50.metadata-v14.hex");
    const auto trimmed = text.substr(0, text.find_last_not_of(" \r\n") + 1);
    const auto theirs = substrate::Metadata::decode(parse_hex(trimmed).value());
    ASSERT_OK(theirs);
    const Runtime runtime;
    const auto ours = substrate::Metadata::decode(*runtime.metadata(14));
    ASSERT_OK(ours);
    TypeComparison comparison{ours.value().types(), theirs.value().types()};
    VectorCount count{"layouts of the real pallets"};
    for (const auto* name : {"System", "Timestamp", "Balances", "Proxy", "Utility", "TransactionPayment",
                             "Teerex", "Sidechain", "EnclaveBridge"}) {
        const auto* our = ours.value().find_pallet(name);
        const auto* their = theirs.value().find_pallet(name);
        ASSERT_TRUE(our != nullptr && their != nullptr) << name;
        EXPECT_EQ(our->index, their->index) << name;
        const auto enum_of = [](const substrate::Metadata& metadata,
                                const std::optional<substrate::TypeId>& type) {
            return type ? metadata.types().find_def<substrate::VariantDef>(*type) : nullptr;
        };
        compare_enums(comparison, count, "calls", name, enum_of(ours.value(), our->calls),
                      enum_of(theirs.value(), their->calls));
        compare_enums(comparison, count, "events", name, enum_of(ours.value(), our->events),
                      enum_of(theirs.value(), their->events));
        compare_enums(comparison, count, "errors", name, enum_of(ours.value(), our->errors),
                      enum_of(theirs.value(), their->errors));
        if (kExactPallets.contains(name)) {
            EXPECT_EQ(our->storage.size(), their->storage.size()) << name;
            EXPECT_EQ(our->constants.size(), their->constants.size()) << name;
        }
        for (const auto& entry : our->storage) {
            const auto full_name = std::string{name} + "." + std::string{entry.name};
            const auto* other = their->find_storage(entry.name);
            if (kOwnItems.contains(full_name)) {
                continue;
            }
            const bool is_same = other != nullptr && our->storage_prefix == their->storage_prefix &&
                                 entry.has_default == other->has_default && entry.hashers == other->hashers &&
                                 equal(entry.default_value, other->default_value) &&
                                 entry.key.has_value() == other->key.has_value() &&
                                 (!entry.key || comparison.same(*entry.key, *other->key)) &&
                                 comparison.same(entry.value, other->value);
            count.record("storage", full_name, is_same);
        }
        for (const auto& constant : our->constants) {
            const auto full_name = std::string{name} + "." + std::string{constant.name};
            const auto* other = their->find_constant(constant.name);
            if (kOwnItems.contains(full_name)) {
                continue;
            }
            const bool is_same = other != nullptr && comparison.same(constant.type, other->type) &&
                                 (!kExactPallets.contains(name) || equal(constant.value, other->value));
            count.record("constants", full_name, is_same);
        }
    }
}

TEST(DevchainLayouts, have_the_names_and_prefixes_of_the_published_list) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
    const auto list = read_json(folder / "integritee-paseo-50.pallets.json").at("pallets");
    const Runtime runtime;
    const auto ours = substrate::Metadata::decode(*runtime.metadata(14));
    ASSERT_OK(ours);
    const auto& types = ours.value().types();
    VectorCount count{"published list of pallets"};
    for (const auto* name : {"Teerex", "Sidechain", "EnclaveBridge"}) {
        const auto& pallet = *ours.value().find_pallet(name);
        const auto& expected = list.at(name);
        for (const auto& [kind, type] :
             {std::pair{"calls", pallet.calls}, std::pair{"events", pallet.events}}) {
            const auto& variants = *types.find_def<substrate::VariantDef>(*type);
            for (const auto& entry : expected.at(kind)) {
                const auto* variant = variants.by_index(entry.at("index").get<std::uint8_t>());
                bool is_same = variant != nullptr && variant->name == entry.at("name").get<std::string>() &&
                               variant->fields.size() == entry.at("fields").size();
                for (std::size_t i = 0; is_same && i < variant->fields.size(); ++i) {
                    is_same =
                        variant->fields[i].name.value_or("") == entry.at("fields")[i][0].get<std::string>();
                }
                count.record(kind, entry.at("name").get<std::string>(), is_same);
            }
        }
        for (const auto& entry : expected.at("errors")) {
            const auto* variant =
                types.find_def<substrate::VariantDef>(*pallet.errors)->by_index(entry[0].get<std::uint8_t>());
            count.record("errors", entry[1].get<std::string>(),
                         variant != nullptr && variant->name == entry[1].get<std::string>());
        }
        for (const auto& entry : expected.at("storage")) {
            const auto item = entry.at("name").get<std::string>();
            const auto* found = pallet.find_storage(item);
            const bool is_same = found != nullptr &&
                                 to_hex_0x(substrate::storage_prefix(pallet.storage_prefix, item)) ==
                                     entry.at("prefixHex").get<std::string>() &&
                                 to_hex_0x(found->default_value) == entry.at("fallback").get<std::string>() &&
                                 found->has_default == (entry.at("modifier").get<std::string>() == "Default");
            count.record("storage", item, is_same);
        }
    }
}

}  // namespace
}  // namespace redoubt::devchain::tests
