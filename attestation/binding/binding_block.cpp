#include <attestation/binding/binding_block.hpp>

#include <attestation/digest.hpp>
#include <primitives/byte_cursor.hpp>
#include <primitives/crypto/constant_time.hpp>

#include <algorithm>

namespace redoubt::attestation {
namespace {

/// What makes the digest one of this use and of no other; its zero byte belongs to it.
constexpr std::string_view kDomain{"offchain-tee/attest-bind/v1\0", 28};
constexpr std::int64_t kSkewSMax = 300;

enum class Tag : std::uint8_t {
    kRole = 1,
    kSigningKey = 2,
    kShieldingKey = 3,
    kGenesisHash = 4,
    kShard = 5,
    kTlsKey = 6,
    kNonce = 7,
    kConfiguration = 8,
    kChannelBinding = 9,
    kIssuedAt = 10,
    kPreviousMeasurement = 11,
};

Result<std::string> read_role(ByteView value) {
    const bool is_printable =
        std::ranges::all_of(value, [](std::uint8_t byte) { return byte >= 0x20 && byte < 0x7f; });
    if (value.empty() || value.size() > kRoleBytesMax || !is_printable) {
        return Reason::kBindMalformed;
    }
    return std::string{text_of(value)};
}

std::size_t signing_key_bytes(SigningAlgorithm algorithm) {
    const bool is_compressed =
        algorithm == SigningAlgorithm::kSecp256k1 || algorithm == SigningAlgorithm::kP256;
    return is_compressed ? 33 : 32;
}

Result<BoundSigningKey> read_signing_key(ByteView value) {
    if (value.empty() || value[0] < 1 || value[0] > 4) {
        return Reason::kBindMalformed;
    }
    BoundSigningKey out{static_cast<SigningAlgorithm>(value[0]), to_bytes(value.subspan(1))};
    if (out.key.size() != signing_key_bytes(out.algorithm)) {
        return Reason::kBindMalformed;
    }
    return out;
}

Result<BoundShieldingKey> read_shielding_key(ByteView value) {
    if (value.empty() || value[0] < 1 || value[0] > 2) {
        return Reason::kBindMalformed;
    }
    BoundShieldingKey out{static_cast<ShieldingAlgorithm>(value[0]), to_bytes(value.subspan(1))};
    const bool is_sized = out.algorithm == ShieldingAlgorithm::kRsa
                              ? !out.key.empty() && out.key.size() <= kRsaKeyBytesMax
                              : out.key.size() == 32;
    if (!is_sized) {
        return Reason::kBindMalformed;
    }
    return out;
}

Result<Hash256> read_hash(ByteView value) {
    if (value.size() != Hash256::kSize) {
        return Reason::kBindMalformed;
    }
    return Hash256::copy_of(value.first<Hash256::kSize>());
}

Result<VerificationTime> read_time(ByteView value) {
    ByteCursor in{value};
    const auto seconds = in.take_le<std::uint64_t>();
    if (!seconds || !in.empty() || seconds.value() > INT64_MAX) {
        return Reason::kBindMalformed;
    }
    return VerificationTime{static_cast<std::int64_t>(seconds.value())};
}

Result<void> read_item(Tag tag, ByteView value, BindingBlock& out) {
    switch (tag) {
        case Tag::kRole: {
            BOOST_OUTCOME_TRY(out.role, read_role(value));
            return success();
        }
        case Tag::kSigningKey: {
            BOOST_OUTCOME_TRY(out.signing_key, read_signing_key(value));
            return success();
        }
        case Tag::kShieldingKey: {
            BOOST_OUTCOME_TRY(out.shielding_key, read_shielding_key(value));
            return success();
        }
        case Tag::kGenesisHash: {
            BOOST_OUTCOME_TRY(out.genesis_hash, read_hash(value));
            return success();
        }
        case Tag::kShard: {
            BOOST_OUTCOME_TRY(out.shard, read_hash(value));
            return success();
        }
        case Tag::kTlsKey: {
            BOOST_OUTCOME_TRY(out.tls_key_sha256, read_hash(value));
            return success();
        }
        case Tag::kNonce:
            if (value.size() < kNonceBytesMin || value.size() > kNonceBytesMax) {
                return Reason::kBindMalformed;
            }
            out.nonce = to_bytes(value);
            return success();
        case Tag::kConfiguration: {
            BOOST_OUTCOME_TRY(out.configuration, read_hash(value));
            return success();
        }
        case Tag::kChannelBinding: {
            BOOST_OUTCOME_TRY(out.channel_binding, read_hash(value));
            return success();
        }
        case Tag::kIssuedAt: {
            BOOST_OUTCOME_TRY(out.issued_at, read_time(value));
            return success();
        }
        case Tag::kPreviousMeasurement:
            if (value.size() != 32 && value.size() != 48) {
                return Reason::kBindMalformed;
            }
            out.previous_measurement = to_bytes(value);
            return success();
    }
    return Reason::kBindMalformed;
}

Result<BindingBlock> decode(ByteView bytes) {
    ByteCursor in{bytes};
    BindingBlock out;
    std::uint8_t last_tag = 0;
    while (!in.empty()) {
        BOOST_OUTCOME_TRY(const auto tag, in.take_byte());
        BOOST_OUTCOME_TRY(const auto size, in.take_le<std::uint32_t>());
        BOOST_OUTCOME_TRY(const auto value, in.take(size));
        if (tag <= last_tag) {
            return Reason::kBindMalformed;
        }
        last_tag = tag;
        BOOST_OUTCOME_TRY(read_item(static_cast<Tag>(tag), value, out));
    }
    if (out.nonce.empty()) {
        return Reason::kBindMalformed;
    }
    return out;
}

template <class Integer>
void append_le(Bytes& out, Integer value) {
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
}

void append_item(Bytes& out, Tag tag, ByteView value) {
    out.push_back(static_cast<std::uint8_t>(tag));
    append_le(out, static_cast<std::uint32_t>(value.size()));
    append(out, value);
}

void append_hash(Bytes& out, Tag tag, const std::optional<Hash256>& hash) {
    if (hash) {
        append_item(out, tag, hash->view());
    }
}

template <class Key>
void append_key(Bytes& out, Tag tag, const std::optional<Key>& key) {
    if (key) {
        append_item(out, tag, concat(Bytes{static_cast<std::uint8_t>(key->algorithm)}, key->key));
    }
}

bool differs(const std::optional<Hash256>& expected, const std::optional<Hash256>& actual) {
    return expected && expected != actual;
}

/// `issued_at` is anybody's number: nothing is added to it.
bool is_fresh(VerificationTime issued_at, std::int64_t age_s_max, VerificationTime now) {
    if (issued_at.unix_seconds > now.unix_seconds) {
        return issued_at.unix_seconds - kSkewSMax <= now.unix_seconds;
    }
    return now.unix_seconds - issued_at.unix_seconds <= age_s_max;
}

}  // namespace

Result<BindingBlock> decode_binding_block(ByteView bytes) {
    if (bytes.size() > kBindingBlockBytesMax) {
        return Reason::kBindMalformed;
    }
    auto block = decode(bytes);
    if (!block) {
        return Reason::kBindMalformed;
    }
    return block;
}

Bytes encode(const BindingBlock& block) {
    Bytes out;
    if (!block.role.empty()) {
        append_item(out, Tag::kRole, bytes_of(block.role));
    }
    append_key(out, Tag::kSigningKey, block.signing_key);
    append_key(out, Tag::kShieldingKey, block.shielding_key);
    append_hash(out, Tag::kGenesisHash, block.genesis_hash);
    append_hash(out, Tag::kShard, block.shard);
    append_hash(out, Tag::kTlsKey, block.tls_key_sha256);
    append_item(out, Tag::kNonce, block.nonce);
    append_hash(out, Tag::kConfiguration, block.configuration);
    append_hash(out, Tag::kChannelBinding, block.channel_binding);
    if (block.issued_at) {
        Bytes seconds;
        append_le(seconds, static_cast<std::uint64_t>(block.issued_at->unix_seconds));
        append_item(out, Tag::kIssuedAt, seconds);
    }
    if (!block.previous_measurement.empty()) {
        append_item(out, Tag::kPreviousMeasurement, block.previous_measurement);
    }
    return out;
}

Result<FixedBytes<64>> binding_report_data(ByteView bytes, BindingProfile profile) {
    BOOST_OUTCOME_TRY(const auto block, decode_binding_block(bytes));
    const auto domain = bytes_of(kDomain);
    if (profile == BindingProfile::kDigest) {
        const auto hashed = digest(HashAlgorithm::kSha512, {domain, bytes});
        return FixedBytes<64>::copy_of(hashed.view().first<64>());
    }
    if (!block.signing_key || block.signing_key->key.size() != 32) {
        return Reason::kBindMalformed;
    }
    FixedBytes<64> out;
    auto* const rest = std::ranges::copy(block.signing_key->key, out.bytes.begin()).out;
    std::ranges::copy(sha2_256({domain, bytes}), rest);
    return out;
}

Result<BindingBlock> open_binding_block(ByteView bytes, BindingProfile profile, ByteView report_data) {
    BOOST_OUTCOME_TRY(const auto expected, binding_report_data(bytes, profile));
    if (!crypto::constant_time_equal(expected.view(), report_data)) {
        return Reason::kBindReportDataMismatch;
    }
    return decode_binding_block(bytes);
}

std::vector<Reason> violations(const BindingBlock& block,
                               const BindingExpectation& expected,
                               VerificationTime now) {
    std::vector<Reason> out;
    const auto add_if = [&](bool is_violated, Reason reason) {
        if (is_violated) {
            out.push_back(reason);
        }
    };
    add_if(differs(expected.genesis_hash, block.genesis_hash), Reason::kBindGenesisMismatch);
    add_if(differs(expected.shard, block.shard), Reason::kBindShardMismatch);
    add_if(expected.nonce && !crypto::constant_time_equal(*expected.nonce, block.nonce),
           Reason::kPolicyNonce);
    add_if(expected.role && *expected.role != block.role, Reason::kBindRoleMismatch);
    add_if(expected.signing_key && expected.signing_key != block.signing_key,
           Reason::kBindSigningKeyMismatch);
    add_if(expected.shielding_key && expected.shielding_key != block.shielding_key,
           Reason::kBindShieldingKeyMismatch);
    add_if(differs(expected.tls_key_sha256, block.tls_key_sha256), Reason::kBindTlsKeyMismatch);
    add_if(differs(expected.channel_binding, block.channel_binding), Reason::kBindChannelMismatch);
    if (expected.age_s_max) {
        add_if(!block.issued_at || !is_fresh(*block.issued_at, *expected.age_s_max, now),
               Reason::kPolicyFreshness);
    }
    return out;
}

}  // namespace redoubt::attestation
