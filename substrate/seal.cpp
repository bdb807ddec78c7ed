#include <algorithm>
#include <cmath>
#include <limits>
#include <primitives/crypto/ed25519.hpp>
#include <primitives/crypto/hashing.hpp>
#include <primitives/crypto/sr25519.hpp>
#include <primitives/crypto/sr25519_vrf.hpp>
#include <primitives/scale.hpp>
#include <substrate/seal.hpp>

namespace redoubt::substrate {
namespace {

constexpr std::uint8_t kNextEpochTag = 1;
constexpr std::uint8_t kNextConfigTag = 3;
constexpr std::size_t kAuthorityBytes = 40;

/// The data of the one pre-runtime item of `engine`.
Result<ByteView> pre_runtime(const Header& header, const EngineId& engine) {
    const DigestItem* found = nullptr;
    for (const auto& item : header.digest) {
        if (item.kind == DigestKind::kPreRuntime && item.engine == engine) {
            if (found != nullptr) {
                return HeaderError::kDuplicatePreDigest;
            }
            found = &item;
        }
    }
    if (found == nullptr) {
        return HeaderError::kMissingPreDigest;
    }
    return ByteView{found->data};
}

Result<BabePreDigest> read_pre_digest(ByteCursor& in) {
    BabePreDigest out;
    BOOST_OUTCOME_TRY(const auto tag, in.take_byte());
    if (tag < static_cast<std::uint8_t>(BabeClaim::kPrimary) ||
        tag > static_cast<std::uint8_t>(BabeClaim::kSecondaryVrf)) {
        return DecodeError::kBadTag;
    }
    out.claim = static_cast<BabeClaim>(tag);
    BOOST_OUTCOME_TRY(out.authority_index, in.take_le<std::uint32_t>());
    BOOST_OUTCOME_TRY(out.slot, in.take_le<std::uint64_t>());
    if (out.claim != BabeClaim::kSecondaryPlain) {
        BOOST_OUTCOME_TRY(out.vrf_output, in.take_fixed<Hash256>());
        BOOST_OUTCOME_TRY(out.vrf_proof, in.take_fixed<FixedBytes<64>>());
    }
    BOOST_OUTCOME_TRY(in.expect_end());
    return out;
}

/// What follows the tag of the one BABE consensus log with that tag.
Result<std::optional<ByteView>> babe_log(const Header& header, std::uint8_t tag) {
    std::optional<ByteView> found;
    for (const auto& item : header.digest) {
        if (item.kind != DigestKind::kConsensus || item.engine != kBabeEngine || item.data.empty() ||
            item.data.front() != tag) {
            continue;
        }
        if (found) {
            return HeaderError::kBadConsensusLog;
        }
        found = ByteView{item.data}.subspan(1);
    }
    return found;
}

Result<BabeNextEpoch> read_next_epoch(ByteCursor& in) {
    BabeNextEpoch out;
    BOOST_OUTCOME_TRY(const auto count, scale::read_compact_u32(in));
    if (count > in.remaining() / kAuthorityBytes) {
        return DecodeError::kUnexpectedEnd;
    }
    out.authorities.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        BabeAuthority authority;
        BOOST_OUTCOME_TRY(authority.key, in.take_fixed<Hash256>());
        BOOST_OUTCOME_TRY(authority.weight, in.take_le<std::uint64_t>());
        out.authorities.push_back(authority);
    }
    BOOST_OUTCOME_TRY(out.randomness, in.take_fixed<Hash256>());
    BOOST_OUTCOME_TRY(in.expect_end());
    return out;
}

Result<BabeNextConfig> read_next_config(ByteCursor& in) {
    BabeNextConfig out;
    BOOST_OUTCOME_TRY(const auto version, in.take_byte());
    if (version != 1) {
        return DecodeError::kBadTag;
    }
    BOOST_OUTCOME_TRY(out.c_numerator, in.take_le<std::uint64_t>());
    BOOST_OUTCOME_TRY(out.c_denominator, in.take_le<std::uint64_t>());
    BOOST_OUTCOME_TRY(out.allowed_slots, in.take_byte());
    if (out.allowed_slots > 2) {
        return DecodeError::kBadTag;
    }
    BOOST_OUTCOME_TRY(in.expect_end());
    return out;
}

Result<void> verify_claim_kind(const BabePreDigest& claim, const BabeEpoch& epoch) {
    const bool is_allowed = claim.claim == BabeClaim::kPrimary ||
                            (claim.claim == BabeClaim::kSecondaryPlain && epoch.config.allowed_slots == 1) ||
                            (claim.claim == BabeClaim::kSecondaryVrf && epoch.config.allowed_slots == 2);
    if (!is_allowed) {
        return HeaderError::kClaimNotAllowed;
    }
    if (claim.claim != BabeClaim::kPrimary &&
        babe_secondary_author(epoch.randomness, claim.slot, epoch.authorities.size()) !=
            claim.authority_index) {
        return HeaderError::kWrongAuthor;
    }
    return success();
}

}  // namespace

Result<UnsealedHeader> unseal(const Header& header) {
    std::size_t seals = 0;
    for (const auto& item : header.digest) {
        seals += item.kind == DigestKind::kSeal ? 1 : 0;
    }
    if (seals > 1) {
        return HeaderError::kDuplicateSeal;
    }
    if (seals == 0 || header.digest.back().kind != DigestKind::kSeal) {
        return HeaderError::kMissingSeal;
    }
    auto unsealed = header;
    auto seal = std::move(unsealed.digest.back());
    unsealed.digest.pop_back();
    return UnsealedHeader{.hash = header_hash(unsealed), .engine = seal.engine, .seal = std::move(seal.data)};
}

Result<BabePreDigest> babe_pre_digest(const Header& header) {
    BOOST_OUTCOME_TRY(const auto data, pre_runtime(header, kBabeEngine));
    ByteCursor in{data};
    const auto out = read_pre_digest(in);
    if (!out) {
        return HeaderError::kBadPreDigest;
    }
    return out;
}

Result<std::uint64_t> aura_slot(const Header& header) {
    BOOST_OUTCOME_TRY(const auto data, pre_runtime(header, kAuraEngine));
    ByteCursor in{data};
    const auto slot = in.take_le<std::uint64_t>();
    if (!slot || !in.empty()) {
        return HeaderError::kBadPreDigest;
    }
    return slot;
}

Result<std::optional<BabeNextEpoch>> babe_next_epoch(const Header& header) {
    BOOST_OUTCOME_TRY(const auto log, babe_log(header, kNextEpochTag));
    if (!log) {
        return std::optional<BabeNextEpoch>{};
    }
    ByteCursor in{*log};
    auto epoch = read_next_epoch(in);
    if (!epoch) {
        return HeaderError::kBadConsensusLog;
    }
    return std::optional{std::move(epoch).value()};
}

Result<std::optional<BabeNextConfig>> babe_next_config(const Header& header) {
    BOOST_OUTCOME_TRY(const auto log, babe_log(header, kNextConfigTag));
    if (!log) {
        return std::optional<BabeNextConfig>{};
    }
    BOOST_OUTCOME_TRY(const auto epoch, babe_log(header, kNextEpochTag));
    ByteCursor in{*log};
    const auto config = read_next_config(in);
    if (!config || !epoch) {
        return HeaderError::kBadConsensusLog;
    }
    return std::optional{config.value()};
}

Result<void> verify_babe_seal(const Header& header, const Hash256& author) {
    BOOST_OUTCOME_TRY(babe_pre_digest(header));
    BOOST_OUTCOME_TRY(const auto unsealed, unseal(header));
    if (unsealed.engine != kBabeEngine ||
        !crypto::sr25519::verify(author.view(), unsealed.hash.view(), unsealed.seal)) {
        return HeaderError::kBadSeal;
    }
    return success();
}

Result<uint128> verify_babe_vrf(const BabePreDigest& claim,
                                const Hash256& author,
                                std::uint64_t epoch_index,
                                const Hash256& randomness) {
    if (claim.claim == BabeClaim::kSecondaryPlain) {
        return uint128{0};
    }
    const auto input = crypto::sr25519::babe_vrf_input(claim.slot, epoch_index, randomness);
    const crypto::sr25519::VrfClaim vrf{.output = claim.vrf_output, .proof = claim.vrf_proof};
    if (!crypto::sr25519::vrf_verify(author, input, vrf, crypto::sr25519::vrf_proof_transcript())) {
        return HeaderError::kBadVrf;
    }
    return crypto::sr25519::babe_vrf_value(author, input, vrf.output);
}

uint128 babe_primary_threshold(std::uint64_t c_numerator,
                               std::uint64_t c_denominator,
                               std::uint64_t weight,
                               std::uint64_t total_weight) {
    if (c_denominator == 0 || total_weight == 0) {
        return 0;
    }
    const double c = static_cast<double>(c_numerator) / static_cast<double>(c_denominator);
    const double theta = static_cast<double>(weight) / static_cast<double>(total_weight);
    const double probability = 1.0 - std::pow(1.0 - c, theta);
    if (!(probability > 0.0)) {
        return 0;
    }
    if (probability >= 1.0) {
        return ~uint128{0};
    }
    // probability = mantissa * 2^(exponent - 53), exactly.
    constexpr int kMantissaBits = std::numeric_limits<double>::digits;
    int exponent = 0;
    const auto mantissa =
        static_cast<std::uint64_t>(std::ldexp(std::frexp(probability, &exponent), kMantissaBits));
    const int shift = 128 + exponent - kMantissaBits;
    if (shift >= 0) {
        return static_cast<uint128>(mantissa) << shift;
    }
    return shift > -64 ? static_cast<uint128>(mantissa >> -shift) : 0;
}

std::optional<std::uint32_t> babe_secondary_author(const Hash256& randomness,
                                                   std::uint64_t slot,
                                                   std::size_t authority_count) {
    if (authority_count == 0) {
        return std::nullopt;
    }
    const auto hash = crypto::blake2b_256(scale::encode_all(randomness, slot));
    uint128 remainder = 0;
    for (const auto byte : hash) {
        remainder = ((remainder << 8) | byte) % authority_count;
    }
    return static_cast<std::uint32_t>(remainder);
}

Result<void> verify_babe_block(const Header& header, const BabeEpoch& epoch) {
    BOOST_OUTCOME_TRY(const auto claim, babe_pre_digest(header));
    if (claim.authority_index >= epoch.authorities.size()) {
        return HeaderError::kUnknownAuthority;
    }
    const auto& author = epoch.authorities[claim.authority_index];
    BOOST_OUTCOME_TRY(verify_claim_kind(claim, epoch));
    BOOST_OUTCOME_TRY(verify_babe_seal(header, author.key));
    BOOST_OUTCOME_TRY(const auto value, verify_babe_vrf(claim, author.key, epoch.index, epoch.randomness));
    if (claim.claim == BabeClaim::kPrimary) {
        std::uint64_t total_weight = 0;
        for (const auto& authority : epoch.authorities) {
            if (__builtin_add_overflow(total_weight, authority.weight, &total_weight)) {
                return HeaderError::kUnknownAuthority;
            }
        }
        if (value >= babe_primary_threshold(epoch.config.c_numerator, epoch.config.c_denominator,
                                            author.weight, total_weight)) {
            return HeaderError::kAboveThreshold;
        }
    }
    return success();
}

std::optional<AuraScheme> aura_scheme(const Metadata& metadata) {
    const auto* aura = metadata.find_pallet("Aura");
    const auto* authorities = aura == nullptr ? nullptr : aura->find_storage("Authorities");
    const auto key =
        authorities == nullptr ? std::nullopt : metadata.types().parameter(authorities->value, "T");
    const auto* type = key ? metadata.types().find(*key) : nullptr;
    if (type == nullptr) {
        return std::nullopt;
    }
    const auto named = [&](std::string_view name) {
        return std::ranges::find(type->path, name) != type->path.end();
    };
    if (named("app_sr25519")) {
        return AuraScheme::kSr25519;
    }
    return named("app_ed25519") ? std::optional{AuraScheme::kEd25519} : std::nullopt;
}

Result<void> verify_aura_block(const Header& header,
                               AuraScheme scheme,
                               std::span<const Hash256> authorities) {
    BOOST_OUTCOME_TRY(const auto slot, aura_slot(header));
    BOOST_OUTCOME_TRY(const auto unsealed, unseal(header));
    if (authorities.empty()) {
        return HeaderError::kUnknownAuthority;
    }
    const auto author = authorities[static_cast<std::size_t>(slot % authorities.size())].view();
    const bool is_signed = scheme == AuraScheme::kSr25519
                               ? crypto::sr25519::verify(author, unsealed.hash.view(), unsealed.seal)
                               : crypto::ed25519::verify(author, unsealed.hash.view(), unsealed.seal);
    if (unsealed.engine != kAuraEngine || !is_signed) {
        return HeaderError::kBadSeal;
    }
    return success();
}

}  // namespace redoubt::substrate
