/// A small runtime in V14 metadata, made in code: for tests and fuzz targets that must not need files.
///
/// It has System (0) and Balances (10), an outer call enum that contains itself, the usual extensions, and
/// a type of every kind. Names of types stand beside their numbers below.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace redoubt::tests {

/// Type ids of the sample.
enum SampleType : std::uint32_t {
    kSampleU8 = 0,
    kSampleBytes32,
    kSampleAccount,
    kSampleU32,
    kSampleU128,
    kSampleCompactU128,
    kSampleByteVec,
    kSampleUnit,
    kSampleBool,
    kSampleText,
    kSampleHash,
    kSampleAddress,
    kSampleSignature,
    kSampleBytes64,
    kSampleBytes65,
    kSampleEra,
    kSampleCompactU32,
    kSampleCall,
    kSampleSystemCall,
    kSampleBalancesCall,
    kSampleExtrinsic,
    kSampleSystemEvent,
    kSampleDispatchError,
    kSampleBytes4,
    kSampleSystemError,
    kSampleBalancesEvent,
    kSampleBits,
    kSampleLsb0,
    kSampleCallVec,
    kSampleOption,
    kSampleLockKey,
    kSampleI256,
    kSampleChar,
    kSampleUnitVec,
    kSampleU32Vec,
    kSampleTypeCount,
};

/// Writes V14 metadata piece by piece.
class SampleMetadataWriter {
  public:
    struct FieldSpec {
        std::string_view name;  ///< empty for an unnamed field
        std::uint32_t type;
    };
    struct VariantSpec {
        std::string_view name;
        std::uint8_t index;
        std::vector<FieldSpec> fields;
    };

    void begin_types(std::size_t count) {
        append(out_, bytes_of("meta"));
        out_.push_back(14);
        count_of(count);
    }
    void composite(std::string_view name, const std::vector<FieldSpec>& fields) {
        begin_type(name, 0);
        write_fields(fields);
        no_docs();
    }
    void variant(std::string_view name, const std::vector<VariantSpec>& variants) {
        begin_type(name, 1);
        count_of(variants.size());
        for (const auto& one : variants) {
            text(one.name);
            write_fields(one.fields);
            out_.push_back(one.index);
            no_docs();
        }
        no_docs();
    }
    void sequence(std::uint32_t element) { simple(2, scale::encode(scale::Compact<std::uint32_t>{element})); }
    void array(std::uint32_t length, std::uint32_t element) {
        simple(3, scale::encode_all(length, scale::Compact<std::uint32_t>{element}));
    }
    void tuple(const std::vector<std::uint32_t>& elements) {
        begin_type({}, 4);
        count_of(elements.size());
        for (const auto element : elements) {
            count_of(element);
        }
        no_docs();
    }
    void primitive(std::uint8_t tag) { simple(5, {tag}); }
    void compact(std::uint32_t inner) { simple(6, scale::encode(scale::Compact<std::uint32_t>{inner})); }
    void bits(std::uint32_t store, std::uint32_t order) {
        simple(7,
               scale::encode_all(scale::Compact<std::uint32_t>{store}, scale::Compact<std::uint32_t>{order}));
    }
    /// A composite with type parameters, as the type of extrinsics is.
    void extrinsic_type(const std::vector<FieldSpec>& parameters) {
        count_of(next_id_++);
        count_of(1);
        text("UncheckedExtrinsic");
        count_of(parameters.size());
        for (const auto& parameter : parameters) {
            text(parameter.name);
            out_.push_back(1);
            count_of(parameter.type);
        }
        out_.push_back(0);
        write_fields({{"", kSampleByteVec}});
        no_docs();
    }

    void count_of(std::uint64_t value) { scale::append_compact(out_, value); }
    void text(std::string_view value) { scale::encode_scale(out_, std::string{value}); }
    void byte(std::uint8_t value) { out_.push_back(value); }
    void data(const Bytes& value) { scale::encode_scale(out_, value); }
    void no_docs() { out_.push_back(0); }
    void some(std::uint32_t type) {
        out_.push_back(1);
        count_of(type);
    }
    [[nodiscard]] Bytes take() { return std::move(out_); }

  private:
    void begin_type(std::string_view name, std::uint8_t tag) {
        count_of(next_id_++);
        if (name.empty()) {
            count_of(0);
        } else {
            count_of(1);
            text(name);
        }
        count_of(0);
        out_.push_back(tag);
    }
    void simple(std::uint8_t tag, const Bytes& payload) {
        begin_type({}, tag);
        append(out_, payload);
        no_docs();
    }
    void write_fields(const std::vector<FieldSpec>& fields) {
        count_of(fields.size());
        for (const auto& field : fields) {
            out_.push_back(field.name.empty() ? 0 : 1);
            if (!field.name.empty()) {
                text(field.name);
            }
            count_of(field.type);
            out_.push_back(0);
            no_docs();
        }
    }

    Bytes out_;
    std::uint32_t next_id_ = 0;
};

inline void write_sample_types(SampleMetadataWriter& out) {
    out.begin_types(kSampleTypeCount);
    out.primitive(3);
    out.array(32, kSampleU8);
    out.composite("AccountId32", {{"", kSampleBytes32}});
    out.primitive(5);
    out.primitive(7);
    out.compact(kSampleU128);
    out.sequence(kSampleU8);
    out.tuple({});
    out.primitive(0);
    out.primitive(2);
    out.composite("H256", {{"", kSampleBytes32}});
    out.variant("MultiAddress", {{"Id", 0, {{"", kSampleAccount}}}, {"Raw", 2, {{"", kSampleByteVec}}}});
    out.variant("MultiSignature", {{"Ed25519", 0, {{"", kSampleBytes64}}},
                                   {"Sr25519", 1, {{"", kSampleBytes64}}},
                                   {"Ecdsa", 2, {{"", kSampleBytes65}}}});
    out.array(64, kSampleU8);
    out.array(65, kSampleU8);
    std::vector<std::string> names(256);
    std::vector<SampleMetadataWriter::VariantSpec> eras{{"Immortal", 0, {}}};
    for (std::size_t i = 1; i < names.size(); ++i) {
        names[i] = "Mortal" + std::to_string(i);
        eras.push_back({names[i], static_cast<std::uint8_t>(i), {{"", kSampleU8}}});
    }
    out.variant("Era", eras);
    out.compact(kSampleU32);
    out.variant("RuntimeCall",
                {{"System", 0, {{"", kSampleSystemCall}}}, {"Balances", 10, {{"", kSampleBalancesCall}}}});
    out.variant("Call",
                {{"remark", 0, {{"remark", kSampleByteVec}}}, {"batch", 1, {{"calls", kSampleCallVec}}}});
    out.variant("Call", {{"transfer", 3, {{"dest", kSampleAddress}, {"value", kSampleCompactU128}}}});
    out.extrinsic_type({{"Address", kSampleAddress}, {"Call", kSampleCall}, {"Signature", kSampleSignature}});
    out.variant("Event", {{"ExtrinsicSuccess", 0, {}},
                          {"ExtrinsicFailed", 1, {{"dispatch_error", kSampleDispatchError}}}});
    out.variant("DispatchError", {{"Other", 0, {}},
                                  {"BadOrigin", 2, {}},
                                  {"Module", 3, {{"index", kSampleU8}, {"error", kSampleBytes4}}}});
    out.array(4, kSampleU8);
    out.variant("Error", {{"InvalidSpecName", 0, {}}, {"CallFiltered", 5, {}}});
    out.variant(
        "Event",
        {{"Transfer", 2, {{"from", kSampleAccount}, {"to", kSampleAccount}, {"amount", kSampleU128}}}});
    out.bits(kSampleU8, kSampleLsb0);
    out.composite("Lsb0", {});
    out.sequence(kSampleCall);
    out.variant("Option", {{"None", 0, {}}, {"Some", 1, {{"", kSampleU32}}}});
    out.tuple({kSampleAccount, kSampleU32});
    out.primitive(14);
    out.primitive(1);
    out.sequence(kSampleUnit);
    out.sequence(kSampleU32);
}

/// V14 metadata of the sample runtime, spec version 7, transaction version 3.
/// @param unknown_extension  when given, one more extension of that name, which carries a u32
[[nodiscard]] inline Bytes sample_metadata(std::optional<std::string_view> unknown_extension = std::nullopt) {
    SampleMetadataWriter out;
    write_sample_types(out);
    out.count_of(2);

    out.text("System");
    out.byte(1);
    out.text("System");
    out.count_of(2);
    out.text("Account");
    out.byte(1);  // default
    out.byte(1);  // map
    out.count_of(1);
    out.byte(2);  // Blake2_128Concat
    out.count_of(kSampleAccount);
    out.count_of(kSampleU128);
    out.data(Bytes(16, 0));
    out.no_docs();
    out.text("Number");
    out.byte(0);  // optional
    out.byte(0);  // plain
    out.count_of(kSampleU32);
    out.data({0});
    out.no_docs();
    out.some(kSampleSystemCall);
    out.some(kSampleSystemEvent);
    out.count_of(1);
    out.text("Version");
    out.count_of(kSampleByteVec);
    out.data(scale::encode_all(std::string{"sample"}, std::string{"sample-node"}, std::uint32_t{1},
                               std::uint32_t{7}, std::uint32_t{1}, std::uint8_t{0}, std::uint32_t{3},
                               std::uint8_t{1}));
    out.no_docs();
    out.some(kSampleSystemError);
    out.byte(0);

    out.text("Balances");
    out.byte(1);
    out.text("BalancesStorage");
    out.count_of(1);
    out.text("Locks");
    out.byte(0);
    out.byte(1);
    out.count_of(2);
    out.byte(5);  // Twox64Concat
    out.byte(6);  // Identity
    out.count_of(kSampleLockKey);
    out.count_of(kSampleU128);
    out.data({0});
    out.no_docs();
    out.some(kSampleBalancesCall);
    out.some(kSampleBalancesEvent);
    out.count_of(0);
    out.byte(0);
    out.byte(10);

    const std::vector<std::tuple<std::string_view, std::uint32_t, std::uint32_t>> extensions = {
        {"CheckNonZeroSender", kSampleUnit, kSampleUnit},
        {"CheckSpecVersion", kSampleUnit, kSampleU32},
        {"CheckTxVersion", kSampleUnit, kSampleU32},
        {"CheckGenesis", kSampleUnit, kSampleHash},
        {"CheckMortality", kSampleEra, kSampleHash},
        {"CheckNonce", kSampleCompactU32, kSampleUnit},
        {"ChargeTransactionPayment", kSampleCompactU128, kSampleUnit},
    };
    out.count_of(kSampleExtrinsic);
    out.byte(4);
    out.count_of(extensions.size() + (unknown_extension ? 1 : 0));
    for (const auto& [name, extra, additional] : extensions) {
        out.text(name);
        out.count_of(extra);
        out.count_of(additional);
    }
    if (unknown_extension) {
        out.text(*unknown_extension);
        out.count_of(kSampleU32);
        out.count_of(kSampleUnit);
    }
    out.count_of(kSampleUnit);
    return out.take();
}

}  // namespace redoubt::tests
