#include <attestation/cbor/cose_sign1.hpp>

#include <attestation/cbor/cbor_writer.hpp>

namespace redoubt::attestation::cose {
namespace {

using cbor::Kind;

constexpr std::uint64_t kSign1Tag = 18;
constexpr std::size_t kSign1Items = 4;
constexpr std::uint64_t kAlgorithmLabel = 1;
constexpr std::string_view kContext = "Signature1";

Result<std::int64_t> read_algorithm(ByteView protected_header) {
    BOOST_OUTCOME_TRY(auto in, cbor::Reader::open(protected_header));
    BOOST_OUTCOME_TRY(const auto entries, in.enter_map());
    if (entries != 1) {
        return Reason::kMalformed;
    }
    BOOST_OUTCOME_TRY(const auto label, in.take_unsigned());
    if (label != kAlgorithmLabel) {
        return Reason::kMalformed;
    }
    return in.take_integer();
}

}  // namespace

std::optional<EcdsaAlgorithm> ecdsa_algorithm(std::int64_t algorithm) {
    switch (algorithm) {
        case kEs256:
            return EcdsaAlgorithm{HashAlgorithm::kSha256, Curve::kP256};
        case kEs384:
            return EcdsaAlgorithm{HashAlgorithm::kSha384, Curve::kP384};
        case kEs512:
            return EcdsaAlgorithm{HashAlgorithm::kSha512, Curve::kP521};
        default:
            return std::nullopt;
    }
}

Result<Sign1> parse_sign1(ByteView input, Tagging tagging) {
    BOOST_OUTCOME_TRY(auto in, cbor::Reader::open(input));
    if (tagging == Tagging::kRequired || in.peek() == Kind::kTag) {
        BOOST_OUTCOME_TRY(const auto tag, in.take_tag());
        if (tag != kSign1Tag) {
            return Reason::kMalformed;
        }
    }
    BOOST_OUTCOME_TRY(const auto items, in.enter_array());
    if (items != kSign1Items) {
        return Reason::kMalformed;
    }
    Sign1 out;
    BOOST_OUTCOME_TRY(out.protected_header, in.take_bytes(1, kCborStringBytesMax));
    BOOST_OUTCOME_TRY(out.algorithm, read_algorithm(out.protected_header));
    if (in.peek() != Kind::kMap) {
        return Reason::kMalformed;
    }
    BOOST_OUTCOME_TRY(in.skip());
    BOOST_OUTCOME_TRY(out.payload, in.take_bytes(1, kCborStringBytesMax));
    BOOST_OUTCOME_TRY(out.signature, in.take_bytes(0, kCborStringBytesMax));
    return out;
}

Bytes signed_bytes(const Sign1& sign1) {
    Bytes out;
    out.reserve(sign1.protected_header.size() + sign1.payload.size() + 32);
    cbor::append_head(out, Kind::kArray, kSign1Items);
    cbor::append_text(out, kContext);
    cbor::append_bytes(out, sign1.protected_header);
    cbor::append_bytes(out, {});
    cbor::append_bytes(out, sign1.payload);
    return out;
}

bool is_signed_by(const Sign1& sign1, const PublicKey& key) {
    const auto algorithm = ecdsa_algorithm(sign1.algorithm);
    return algorithm && key.is_ec(algorithm->curve) &&
           key.verify_ecdsa_raw(algorithm->hash, signed_bytes(sign1), sign1.signature);
}

}  // namespace redoubt::attestation::cose
