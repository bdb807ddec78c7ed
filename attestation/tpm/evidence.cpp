#include <attestation/tpm/evidence.hpp>

#include <optional>

namespace redoubt::attestation::tpm {
namespace {

constexpr std::size_t kSignatureBytesMax = 1024;
constexpr std::size_t kPcrBytesMax = 64;

Result<PcrValue> read_pcr(cbor::Reader& in) {
    BOOST_OUTCOME_TRY(const auto items, in.enter_array());
    if (items != 3) {
        return Reason::kTpmMalformed;
    }
    PcrValue out;
    BOOST_OUTCOME_TRY(const auto bank, in.take_unsigned(0xffff));
    out.bank = static_cast<std::uint16_t>(bank);
    BOOST_OUTCOME_TRY(const auto index, in.take_unsigned(0xff));
    out.index = static_cast<std::uint8_t>(index);
    BOOST_OUTCOME_TRY(const auto value, in.take_bytes(0, kPcrBytesMax));
    out.value = to_bytes(value);
    return out;
}

Result<std::vector<PcrValue>> read_pcrs(cbor::Reader& in) {
    BOOST_OUTCOME_TRY(const auto count, in.enter_array());
    if (count > kPcrValuesMax) {
        return Reason::kTpmMalformed;
    }
    std::vector<PcrValue> out;
    for (std::size_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(auto pcr, read_pcr(in));
        out.push_back(std::move(pcr));
    }
    return out;
}

Result<Evidence> read_map(cbor::Reader& in) {
    BOOST_OUTCOME_TRY(const auto members, in.enter_map());
    Evidence out;
    std::optional<Signature> signature;
    for (std::size_t i = 0; i < members; ++i) {
        BOOST_OUTCOME_TRY(const auto name, in.take_text());
        if (name == "attest") {
            BOOST_OUTCOME_TRY(const auto attest, in.take_bytes(1, kAttestBytesMax));
            out.attest = to_bytes(attest);
        } else if (name == "pcrs") {
            BOOST_OUTCOME_TRY(out.pcrs, read_pcrs(in));
        } else if ((name == "signature" || name == "rsassa") && !signature) {
            BOOST_OUTCOME_TRY(const auto bytes, in.take_bytes(1, kSignatureBytesMax));
            if (name == "rsassa") {
                signature = bare_rsassa_signature(bytes);
            } else {
                BOOST_OUTCOME_TRY(signature, parse_signature(bytes));
            }
        } else {
            return Reason::kTpmMalformed;
        }
    }
    if (out.attest.empty() || !signature) {
        return Reason::kTpmMalformed;
    }
    out.signature = std::move(*signature);
    return out;
}

}  // namespace

Result<Evidence> read_evidence(cbor::Reader& in) {
    auto out = read_map(in);
    if (!out) {
        return Reason::kTpmMalformed;
    }
    return out;
}

Result<Evidence> read_evidence(ByteView bytes) {
    auto in = cbor::Reader::open(bytes);
    if (!in) {
        return Reason::kTpmMalformed;
    }
    return read_evidence(in.value());
}

}  // namespace redoubt::attestation::tpm
