// The recorded transactions of the real Integritee pallets, run on the dev chain's runtime, and the real
// metadata compared with the runtime's own. Origin: vectors/chainspec/INDEX.json.
#include <gtest/gtest.h>

#include <primitives/hex.hpp>

#include <array>
#include <filesystem>
#include <set>
#include <tests/support/result_matchers.hpp>
#include <tests/support/shared_material.hpp>
#include <tools/devchain/runtime/block_runner_test.hpp>
#include <tools/devchain/runtime/context.hpp>
#include <tools/devchain/runtime/runtime_call.hpp>
#include <tuple>

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

/// The development account that a recorded transaction is of; nullopt for accounts whose keys are lost, as
/// those of the recorded enclaves are.
std::optional<std::string> known_signer(const json& transaction) {
    const auto account = recorded_signer(transaction);
    for (const auto* uri : {"//Alice", "//Bob"}) {
        if (account == account_of(uri)) {
            return uri;
        }
    }
    return std::nullopt;
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
    const auto set = [&](std::string_view pallet, std::string_view item, Bytes value) {
        runner.state().put(substrate::storage_key(runner.metadata(), pallet, item).value(), std::move(value));
    };
    const auto label = transaction.at("label").get<std::string>();
    const auto allows = [&](std::string_view denied) { return label.find(denied) == std::string::npos; };
    const auto now = std::stoull(transaction.at("now").get<std::string>());
    set("Timestamp", "Now", scale::encode(std::uint64_t{now}));
    set("Teerex", "AllowSkippingAttestation", scale::encode(allows("Skip attestation when not allowed")));
    set("Teerex", "SgxAllowDebugMode", scale::encode(allows("debug mode not allowed")));
}

/// Runs a call as if its recorded signer, whose key is lost, had signed it: everything but the signature, the
/// nonce and the fee. @return the events, the system's own last, as the recording has them
std::vector<Bytes> events_of_call(BlockRunner& runner, const json& transaction, ByteView bytes) {
    ByteCursor in{bytes};
    const auto call = scale::read<RuntimeCall>(in);
    EXPECT_TRUE(call.has_value() && in.empty());
    Storage storage{runner.state()};
    Context context{storage, transaction.at("number").get<std::uint32_t>()};
    context.enter(Phase::extrinsic(0));
    const auto result = context.dispatch(call.value(), Origin::signed_by(recorded_signer(transaction)));
    for (const auto& [key, value] : storage.take_changes().main) {
        if (value) {
            runner.state().put(key, *value);
        } else {
            runner.state().erase(key);
        }
    }
    BlockOutcome outcome;
    outcome.encoded_events = context.events().encoded();
    auto out = produced_events(runner, outcome);
    Bytes last{0, static_cast<std::uint8_t>(result ? 0 : 1)};
    if (!result) {
        append(last, scale::encode(result.error()));
    }
    append(last, scale::encode(call.value().body().info()));
    out.push_back(std::move(last));
    return out;
}

/// What became of a recorded transaction, for the counts: its call, and whether the pallet took it.
std::string kind_of(const json& transaction, const std::vector<Bytes>& recorded) {
    const bool is_taken = equal(ByteView{recorded.back()}.first(2), Bytes{0, 0});
    return transaction.at("call").get<std::string>() + (is_taken ? " taken" : " refused");
}

TEST(DevchainTranscript, replays_the_recorded_transactions) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
    const auto transcript = read_json(folder / "teerex-paseo50-transcript.json");
    VectorCount count{"transactions of the real pallets"};
    BlockRunner runner{rich_genesis()};
    runner.run({});  // from here on the chain knows its genesis hash
    for (const auto& entry : transcript) {
        if (!entry.contains("callHex")) {
            continue;
        }
        const auto label = entry.at("label").get<std::string>();
        const auto call = parse_hex(entry.at("callHex").get<std::string>()).value();
        set_scene(runner, entry);
        std::vector<Bytes> produced;
        if (const auto signer = known_signer(entry)) {
            const auto block =
                runner.run({runner.sign(call, *signer)}, entry.at("number").get<std::uint32_t>(), false);
            ASSERT_TRUE(block.results[0].has_value()) << label;
            produced = produced_events(runner, block);
        } else {
            produced = events_of_call(runner, entry, call);
        }
        const auto recorded = recorded_events(entry);
        count.record(kind_of(entry, recorded), label, produced == recorded);
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
        count.record("same state", item, stored && equal(*stored, expected));
    }
}

// Refusals ------------------------------------------------------------------------------------------------

/// The name of the error that a call ends with; empty when it succeeds. Nothing of it stays.
std::string refusal_of(BlockRunner& runner, const AccountId& sender, ByteView bytes) {
    ByteCursor in{bytes};
    const auto call = scale::read<RuntimeCall>(in);
    EXPECT_TRUE(call.has_value());
    Storage storage{runner.state()};
    Context context{storage, 1};
    const auto result = context.dispatch(call.value(), Origin::signed_by(sender));
    if (result) {
        return "";
    }
    const auto* pallet = runner.metadata().find_pallet("Teerex");
    const auto* errors = runner.metadata().types().find_def<substrate::VariantDef>(*pallet->errors);
    const auto encoded = scale::encode(result.error());
    return encoded[0] == 3 ? std::string{errors->by_index(encoded[2])->name} : "no error of the pallet";
}

Bytes registration_call(const Bytes& proof, std::uint8_t method) {
    Bytes call{50, 0};
    append(call, scale::encode(proof));
    append(call, Bytes{0, method});
    if (method != 1) {
        call.push_back(1);  // proxied
    }
    return call;
}
Bytes collateral_call(std::uint8_t index, const std::array<Bytes, 3>& parts) {
    Bytes call{50, index};
    for (const auto& part : parts) {
        append(call, scale::encode(part));
    }
    return call;
}
Bytes flipped(Bytes bytes, std::size_t at, std::uint8_t bits) {
    bytes.at(at) ^= bits;
    return bytes;
}

/// A byte of genuine evidence that was changed, and what the real runtime answered.
struct Damage {
    std::size_t at;
    std::uint8_t bits;
    std::string_view answer;
};

/// The recorded evidence at the time when it is in force.
class Evidence {
  public:
    explicit Evidence(const std::filesystem::path& folder) : data_(read_json(folder / "sgxdata.json")) {
        constexpr std::uint64_t kInForceMs = 1'671'606'771'000;
        runner_.state().put(substrate::storage_key(runner_.metadata(), "Timestamp", "Now").value(),
                            scale::encode(kInForceMs));
    }
    [[nodiscard]] static Bytes bytes(const json& value) {
        return parse_hex(value.get<std::string>()).value();
    }
    [[nodiscard]] std::array<Bytes, 3> collateral(const char* name) const {
        const auto& given = data_.at("dcap").at(name);
        return {bytes(given.at("json")), bytes(given.at("signature")), bytes(given.at("chain"))};
    }
    [[nodiscard]] const json& data() const { return data_; }
    [[nodiscard]] std::string answer(const Bytes& call) {
        return refusal_of(runner_, account_of("//Alice"), call);
    }
    void store_collateral() {
        for (const auto& [index, name] :
             {std::pair{std::uint8_t{3}, "qe"}, std::pair{std::uint8_t{4}, "tcb"}}) {
            const auto block =
                runner_.run({runner_.sign(collateral_call(index, collateral(name)))}, 0, false);
            EXPECT_EQ(failure_of(runner_, block, 0), "");
        }
    }

  private:
    json data_;
    BlockRunner runner_{rich_genesis()};
};

// What the real runtime (integritee-parachain, spec 50) answered to evidence of sgxdata.json that was changed
// in these ways, sent to it by //Alice. To record it anew, send the same calls to that runtime.
TEST(DevchainRefusals, names_of_damaged_quotes_are_those_of_the_real_pallet) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
    constexpr auto kSignature = "IsvEnclaveReportSignatureIsInvalid";
    constexpr std::array kDamages{Damage{0, 1, "DcapQuoteVersionMismatch"},
                                  Damage{0, 7, "DcapQuoteVersionMismatch"},
                                  Damage{2, 1, "DcapKeyTypeMismatch"},
                                  Damage{4, 0x81, kSignature},
                                  Damage{12, 1, kSignature},
                                  Damage{112, 1, kSignature},
                                  Damage{368, 1, kSignature},
                                  Damage{96, 2, kSignature},
                                  Damage{432, 1, ""},
                                  Damage{435, 1, ""},
                                  Damage{440, 1, kSignature},
                                  Damage{510, 1, "QeReportHashMismatch"},
                                  Damage{564, 1, "RsaSignatureIsInvalid"},
                                  Damage{612, 2, "QeHasRejectedEnclave"},
                                  Damage{692, 1, "QeHasRejectedEnclave"},
                                  Damage{820, 1, "QeHasRejectedEnclave"},
                                  Damage{822, 0x0f, "RsaSignatureIsInvalid"},
                                  Damage{884, 1, "QeReportHashMismatch"},
                                  Damage{916, 1, "RsaSignatureIsInvalid"},
                                  Damage{950, 1, "RsaSignatureIsInvalid"},
                                  Damage{1012, 1, "DcapQuoteDecodingError"},
                                  Damage{1014, 1, "QeReportHashMismatch"},
                                  Damage{1046, 1, "PckCertFormatMismatch"},
                                  Damage{1048, 1, "DcapQuoteIsTooLong"},
                                  Damage{1050, 1, "DcapQuoteDecodingError"},
                                  Damage{1054, 1, "CertificateChainIsInvalid"},
                                  Damage{1400, 1, "CertificateChainIsInvalid"}};
    VectorCount count{"damaged quotes"};
    Evidence evidence{folder};
    const auto quote = Evidence::bytes(evidence.data().at("dcap").at("quote"));
    count.record("without collateral", "quote",
                 evidence.answer(registration_call(quote, 2)) == "QeHasRejectedEnclave");
    evidence.store_collateral();
    EXPECT_EQ(evidence.answer(registration_call(quote, 2)), "");
    for (const auto& damage : kDamages) {
        const auto answer = evidence.answer(registration_call(flipped(quote, damage.at, damage.bits), 2));
        count.record("changed byte", std::to_string(damage.at) + ": " + answer, answer == damage.answer);
    }
    const auto cut = [&](std::size_t size) {
        return Bytes(quote.begin(), quote.begin() + std::ptrdiff_t(size));
    };
    for (const auto size : {std::size_t{0}, std::size_t{3}, std::size_t{1000}, quote.size() - 1}) {
        count.record("cut off", std::to_string(size),
                     evidence.answer(registration_call(cut(size), 2)) == "DcapQuoteDecodingError");
    }
    for (const auto more : {std::uint8_t{0}, std::uint8_t{1}}) {
        count.record(
            "one byte more", std::to_string(more),
            evidence.answer(registration_call(concat(quote, Bytes{more}), 2)) == "DcapQuoteIsTooLong");
    }
}

TEST(DevchainRefusals, names_of_damaged_collateral_are_those_of_the_real_pallet) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
    VectorCount count{"damaged collateral"};
    Evidence evidence{folder};
    for (const auto& [index, name, signature] :
         {std::tuple{std::uint8_t{3}, "qe", "EnclaveIdentitySignatureIsInvalid"},
          std::tuple{std::uint8_t{4}, "tcb", "RsaSignatureIsInvalid"}}) {
        const auto genuine = evidence.collateral(name);
        const auto expect = [&](std::string_view what, std::size_t part, Bytes bytes,
                                std::string_view answer) {
            auto parts = genuine;
            parts.at(part) = std::move(bytes);
            const auto told = evidence.answer(collateral_call(index, parts));
            count.record(name, std::string{what} + ": " + told, told == answer);
        };
        const auto chain = std::string{text_of(genuine[2])};
        const auto one = chain.substr(0, chain.find("-----BEGIN", 1));
        expect("nothing", 0, genuine[0], "");
        expect("text", 0, flipped(genuine[0], 40, 1), signature);
        expect("signature", 1, flipped(genuine[1], 5, 1), signature);
        expect("short signature", 1, Bytes(genuine[1].begin(), genuine[1].end() - 1), "KeyLengthIsInvalid");
        expect("no signature", 1, {}, "KeyLengthIsInvalid");
        expect("no chain", 2, {}, "CertificateChainIsTooShort");
        expect("one certificate", 2, to_bytes(bytes_of(one)), "CertificateChainIsTooShort");
        expect("root twice", 2, to_bytes(bytes_of(chain + "\n" + chain.substr(one.size()))), "");
        expect("reversed chain", 2, to_bytes(bytes_of(chain.substr(one.size()) + "\n" + one)),
               "CertificateChainIsInvalid");
        expect("damaged certificate", 2, flipped(genuine[2], 400, 2), "CertificateChainIsInvalid");
        expect("text in place of a chain", 2, Bytes{'h', 'e', 'l', 'l', 'o'}, "CertificateChainIsTooShort");
    }
    count.record(
        "swapped", "TCB info as identity",
        evidence.answer(collateral_call(3, evidence.collateral("tcb"))) == "EnclaveIdentityDecodingError");
    count.record("swapped", "identity as TCB info",
                 evidence.answer(collateral_call(4, evidence.collateral("qe"))) == "TcbInfoIsInvalid");
}

TEST(DevchainRefusals, names_of_damaged_reports_are_those_of_the_real_pallet) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chainspec");
    VectorCount count{"damaged reports"};
    Evidence evidence{folder};
    for (const auto* name : {"TEST4", "TEST8_PRODUCTION"}) {
        const auto genuine = Evidence::bytes(evidence.data().at("ias").at(name).at("cert"));
        const auto text = text_of(ByteView{genuine});
        constexpr std::string_view kOid{"\x06\x09\x60\x86\x48\x01\x86\xf8\x42\x01\x0d", 11};
        const auto oid = text.find(kOid);
        const auto report = text.find("{\"", oid);
        const auto signature = text.find('|', report);
        const auto certificate = text.find('|', signature + 1);
        const auto expect = [&](std::string_view what, const Bytes& proof, std::string_view answer) {
            const auto told = evidence.answer(registration_call(proof, 1));
            count.record(name, std::string{what} + ": " + told, told == answer);
        };
        expect("nothing", genuine, "RemoteAttestationIsTooOld");  // before the sender is looked at
        expect("first byte", flipped(genuine, 0, 1), "RemoteAttestationIsTooOld");
        expect("worker's own signature", flipped(genuine, genuine.size() - 5, 1),
               "RemoteAttestationIsTooOld");
        expect("OID", flipped(genuine, oid + 3, 1), "NetscapeDecodingError");
        expect("length", flipped(genuine, oid + 13, 1), "NetscapeDerError");
        expect("report", flipped(genuine, report + 30, 1), "RsaSignatureIsInvalid");
        expect("first separator", flipped(genuine, signature, 1), "NetscapeDecodingError");
        expect("second separator", flipped(genuine, certificate, 1), "NetscapeDecodingError");
        expect("signature", flipped(genuine, signature + 20, 1), "RsaSignatureIsInvalid");
        expect("no base64", flipped(genuine, signature + 20, 0x80), "NetscapeDecodingError");
        expect("certificate's beginning", flipped(genuine, certificate + 8, 1), "NetscapeDerError");
        expect("certificate's middle", flipped(genuine, certificate + 700, 1), "RsaSignatureIsInvalid");
        expect("no base64 in certificate", flipped(genuine, certificate + 700, 0x80),
               "NetscapeDecodingError");
        expect("cut off", Bytes(genuine.begin(), genuine.begin() + std::ptrdiff_t(certificate) + 100),
               "NetscapeDecodingError");
        expect("all", {}, "NetscapeDecodingError");
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
