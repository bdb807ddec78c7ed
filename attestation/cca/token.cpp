#include <attestation/cca/token.hpp>

#include <attestation/limits.hpp>

#include <algorithm>

namespace redoubt::attestation::cca {
namespace {

using cbor::Kind;
using cbor::Reader;

constexpr std::uint64_t kCollectionTag = 399;
constexpr std::uint64_t kWrappedCollectionTag = 907;
/// The content format of the newer collection's entries: a CBOR web token.
constexpr std::uint64_t kTokenFormat = 263;

enum Claim : std::int64_t {
    kChallenge = 10,
    kInstanceId = 256,
    kProfile = 265,
    kLifecycle = 2395,
    kImplementationId = 2396,
    kComponents = 2399,
    kConfiguration = 2401,
    kPlatformHash = 2402,
    kPlatformToken = 44234,
    kPersonalization = 44235,
    kRealmHash = 44236,
    kRealmKey = 44237,
    kInitialMeasurement = 44238,
    kExtensibleMeasurements = 44239,
    kRealmKeyHash = 44240,
    kRealmToken = 44241,
};
/// Keys of one software component.
enum ComponentKey : std::int64_t { kType = 1, kMeasurement = 2, kVersion = 4, kSignerId = 5 };
/// Keys and values of a COSE_Key (RFC 9053, section 7).
enum CoseKey : std::int64_t { kKty = 1, kCurve = -1, kX = -2, kY = -3, kEc2 = 2, kCurveP384 = 2 };

constexpr std::size_t kCoordinateBytes = 48;
constexpr std::size_t kKeyBytesMax = 256;
constexpr std::uint64_t kLifecycleMax = 0xffff;
/// Of an instance id: a random identifier (RFC 9711, section 4.2.1).
constexpr std::uint8_t kInstanceIdType = 1;

constexpr auto kPlatformProfiles =
    std::to_array<std::string_view>({"http://arm.com/CCA-SSD/1.0.0", "tag:arm.com,2023:cca_platform#1.0.0"});
constexpr std::string_view kRealmProfile = "tag:arm.com,2023:realm#1.0.0";

/// Visits the entries of a map whose keys are integers; other keys are passed over with their values.
/// `on_entry(key, in)` reads the value and says whether it knew the key.
template <class OnEntry>
Result<void> read_claims(Reader& in, OnEntry&& on_entry) {
    BOOST_OUTCOME_TRY(const auto count, in.enter_map());
    for (std::size_t i = 0; i < count; ++i) {
        if (in.peek() != Kind::kUnsigned && in.peek() != Kind::kNegative) {
            BOOST_OUTCOME_TRY(in.skip());
            BOOST_OUTCOME_TRY(in.skip());
            continue;
        }
        BOOST_OUTCOME_TRY(const auto key, in.take_integer());
        BOOST_OUTCOME_TRY(const bool is_known, on_entry(key, in));
        if (!is_known) {
            BOOST_OUTCOME_TRY(in.skip());
        }
    }
    return success();
}

template <class Fixed>
Result<bool> read_fixed(Reader& in, Fixed& out) {
    BOOST_OUTCOME_TRY(const auto bytes, in.take_bytes(Fixed::kSize, Fixed::kSize));
    std::ranges::copy(bytes, out.bytes.begin());
    return true;
}

/// A digest of one of the three algorithms.
Result<bool> read_digest(Reader& in, Bytes& out) {
    BOOST_OUTCOME_TRY(const auto bytes, in.take_bytes(32, 64));
    if (bytes.size() % 16 != 0) {
        return Reason::kCcaMalformed;
    }
    out = to_bytes(bytes);
    return true;
}

Result<bool> read_text(Reader& in, std::string& out) {
    BOOST_OUTCOME_TRY(out, in.take_text(kCcaTextBytesMax));
    return true;
}

Result<bool> read_hash_name(Reader& in, std::string& out) {
    BOOST_OUTCOME_TRY(out, in.take_text(kCcaTextBytesMax));
    if (!hash_named(out)) {
        return Reason::kCcaMalformed;
    }
    return true;
}

Result<CcaComponent> read_component(Reader& in) {
    CcaComponent out;
    BOOST_OUTCOME_TRY(read_claims(in, [&](std::int64_t key, Reader& value) -> Result<bool> {
        switch (key) {
            case kType:
                return read_text(value, out.type);
            case kMeasurement:
                return read_digest(value, out.measurement);
            case kVersion:
                return read_text(value, out.version);
            case kSignerId:
                return read_digest(value, out.signer_id);
            default:
                return false;
        }
    }));
    if (out.measurement.empty() || out.signer_id.empty()) {
        return Reason::kCcaMalformed;
    }
    return out;
}

Result<bool> read_components(Reader& in, std::vector<CcaComponent>& out) {
    BOOST_OUTCOME_TRY(const auto count, in.enter_array());
    if (count == 0 || count > kCcaComponentsMax) {
        return Reason::kCcaMalformed;
    }
    for (std::size_t i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(auto component, read_component(in));
        out.push_back(std::move(component));
    }
    return true;
}

/// Claims that have to be there, each counted once: no key comes twice.
class Required {
  public:
    explicit Required(std::size_t count) : left_(count) {}

    /// Hands the result on and counts the claim.
    Result<bool> one(Result<bool> read) {
        left_ -= read ? 1U : 0U;
        return read;
    }
    [[nodiscard]] bool are_all_there() const { return left_ == 0; }

  private:
    std::size_t left_;
};

Result<bool> read_lifecycle(Reader& in, std::uint16_t& out) {
    BOOST_OUTCOME_TRY(const auto lifecycle, in.take_unsigned(kLifecycleMax));
    out = static_cast<std::uint16_t>(lifecycle);
    return true;
}

Result<bool> read_configuration(Reader& in, Bytes& out) {
    BOOST_OUTCOME_TRY(const auto bytes, in.take_bytes(0, kCborStringBytesMax));
    out = to_bytes(bytes);
    return true;
}

Result<CcaPlatformClaims> read_platform(ByteView payload) {
    BOOST_OUTCOME_TRY(auto in, Reader::open(payload));
    CcaPlatformClaims out;
    Required required{8};
    BOOST_OUTCOME_TRY(read_claims(in, [&](std::int64_t key, Reader& value) -> Result<bool> {
        switch (key) {
            case kProfile:
                return required.one(read_text(value, out.profile));
            case kChallenge:
                return required.one(read_digest(value, out.challenge));
            case kImplementationId:
                return required.one(read_fixed(value, out.implementation_id));
            case kInstanceId:
                return required.one(read_fixed(value, out.instance_id));
            case kConfiguration:
                return required.one(read_configuration(value, out.configuration));
            case kLifecycle:
                return required.one(read_lifecycle(value, out.lifecycle));
            case kComponents:
                return required.one(read_components(value, out.components));
            case kPlatformHash:
                return required.one(read_hash_name(value, out.hash_algorithm));
            default:
                return false;
        }
    }));
    if (!required.are_all_there() || out.instance_id.bytes.front() != kInstanceIdType ||
        std::ranges::find(kPlatformProfiles, out.profile) == kPlatformProfiles.end()) {
        return Reason::kCcaMalformed;
    }
    return out;
}

Result<bool> read_extensible(Reader& in, std::array<Bytes, kCcaExtensibleMeasurements>& out) {
    BOOST_OUTCOME_TRY(const auto count, in.enter_array());
    if (count != out.size()) {
        return Reason::kCcaMalformed;
    }
    for (auto& measurement : out) {
        BOOST_OUTCOME_TRY(read_digest(in, measurement));
    }
    return true;
}

Result<bool> read_realm_profile(Reader& in, std::optional<std::string>& out) {
    BOOST_OUTCOME_TRY(const auto profile, in.take_text());
    if (profile != kRealmProfile) {
        return Reason::kCcaMalformed;
    }
    out = profile;
    return true;
}

Result<bool> read_carried_key(Reader& in, Bytes& out) {
    BOOST_OUTCOME_TRY(const auto bytes, in.take_bytes(1, kKeyBytesMax));
    out = to_bytes(bytes);
    return true;
}

Result<CcaRealmClaims> read_realm(ByteView payload) {
    BOOST_OUTCOME_TRY(auto in, Reader::open(payload));
    CcaRealmClaims out;
    Required required{7};
    BOOST_OUTCOME_TRY(read_claims(in, [&](std::int64_t key, Reader& value) -> Result<bool> {
        switch (key) {
            case kProfile:
                return read_realm_profile(value, out.profile);
            case kChallenge:
                return required.one(read_fixed(value, out.challenge));
            case kPersonalization:
                return required.one(read_fixed(value, out.personalization));
            case kRealmHash:
                return required.one(read_hash_name(value, out.hash_algorithm));
            case kRealmKey:
                return required.one(read_carried_key(value, out.key));
            case kInitialMeasurement:
                return required.one(read_digest(value, out.initial_measurement));
            case kExtensibleMeasurements:
                return required.one(read_extensible(value, out.extensible_measurements));
            case kRealmKeyHash:
                return required.one(read_hash_name(value, out.key_hash_algorithm));
            default:
                return false;
        }
    }));
    const bool have_one_length = std::ranges::all_of(
        out.extensible_measurements,
        [&](const Bytes& measurement) { return measurement.size() == out.initial_measurement.size(); });
    if (!required.are_all_there() || !have_one_length) {
        return Reason::kCcaMalformed;
    }
    return out;
}

struct Parts {
    ByteView platform;
    ByteView realm;
};

/// One entry of the collection: a token, or a token with its content format.
Result<ByteView> read_entry(Reader& in, bool is_wrapped) {
    if (is_wrapped) {
        BOOST_OUTCOME_TRY(const auto items, in.enter_array());
        BOOST_OUTCOME_TRY(const auto format, in.take_unsigned());
        if (items != 2 || format != kTokenFormat) {
            return Reason::kCcaMalformed;
        }
    }
    return in.take_bytes(1, kCborStringBytesMax);
}

Result<Parts> read_collection(ByteView bytes) {
    BOOST_OUTCOME_TRY(auto in, Reader::open(bytes));
    BOOST_OUTCOME_TRY(const auto tag, in.take_tag());
    BOOST_OUTCOME_TRY(const auto entries, in.enter_map());
    if ((tag != kCollectionTag && tag != kWrappedCollectionTag) || entries != 2) {
        return Reason::kCcaMalformed;
    }
    Parts out;
    for (std::size_t i = 0; i < entries; ++i) {
        BOOST_OUTCOME_TRY(const auto key, in.take_integer());
        if (key != kPlatformToken && key != kRealmToken) {
            return Reason::kCcaMalformed;
        }
        BOOST_OUTCOME_TRY(const auto entry, read_entry(in, tag == kWrappedCollectionTag));
        (key == kPlatformToken ? out.platform : out.realm) = entry;
    }
    return out;
}

Result<Token> read_token(ByteView bytes) {
    BOOST_OUTCOME_TRY(const auto parts, read_collection(bytes));
    Token out;
    BOOST_OUTCOME_TRY(out.platform, cose::parse_sign1(parts.platform, cose::Tagging::kRequired));
    BOOST_OUTCOME_TRY(out.realm, cose::parse_sign1(parts.realm, cose::Tagging::kRequired));
    if (!cose::ecdsa_algorithm(out.platform.algorithm) || !cose::ecdsa_algorithm(out.realm.algorithm)) {
        return Reason::kCcaAlgUnsupported;
    }
    BOOST_OUTCOME_TRY(out.claims.platform, read_platform(out.platform.payload));
    BOOST_OUTCOME_TRY(out.claims.realm, read_realm(out.realm.payload));
    return out;
}

/// x ++ y of a COSE_Key that holds a point of P-384 and nothing else.
Result<Bytes> read_cose_key(ByteView carried) {
    BOOST_OUTCOME_TRY(auto in, Reader::open(carried));
    FixedBytes<kCoordinateBytes> x;
    FixedBytes<kCoordinateBytes> y;
    Required required{4};
    BOOST_OUTCOME_TRY(read_claims(in, [&](std::int64_t key, Reader& value) -> Result<bool> {
        switch (key) {
            case kKty:
            case kCurve: {
                BOOST_OUTCOME_TRY(const auto number, value.take_integer());
                const auto expected = key == kKty ? std::int64_t{kEc2} : std::int64_t{kCurveP384};
                return number == expected ? required.one(true) : Result<bool>{Reason::kCcaRakInvalid};
            }
            case kX:
                return required.one(read_fixed(value, x));
            case kY:
                return required.one(read_fixed(value, y));
            default:
                return Reason::kCcaRakInvalid;
        }
    }));
    if (!required.are_all_there()) {
        return Reason::kCcaRakInvalid;
    }
    return concat(x, y);
}

}  // namespace

std::optional<HashAlgorithm> hash_named(std::string_view name) {
    if (name == "sha-256") {
        return HashAlgorithm::kSha256;
    }
    if (name == "sha-384") {
        return HashAlgorithm::kSha384;
    }
    if (name == "sha-512") {
        return HashAlgorithm::kSha512;
    }
    return std::nullopt;
}

Result<Token> parse_token(ByteView bytes) {
    auto out = read_token(bytes);
    if (!out && reason_of(out.error()) != Reason::kCcaAlgUnsupported) {
        return Reason::kCcaMalformed;
    }
    return out;
}

Result<PublicKey> read_realm_key(ByteView carried) {
    constexpr std::uint8_t kUncompressed = 0x04;
    Bytes point;
    if (carried.size() == 1 + 2 * kCoordinateBytes && carried.front() == kUncompressed) {
        point = to_bytes(carried.subspan(1));
    } else if (auto key = read_cose_key(carried)) {
        point = std::move(key).value();
    }
    auto out = PublicKey::from_point(Curve::kP384, point);
    if (!out) {
        return Reason::kCcaRakInvalid;
    }
    return out;
}

}  // namespace redoubt::attestation::cca
