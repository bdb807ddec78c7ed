#include <algorithm>
#include <primitives/crypto/hashing.hpp>
#include <primitives/scale.hpp>
#include <substrate/header.hpp>

namespace redoubt::substrate {
namespace {

Result<DigestItem> read_digest_item(ByteCursor& in) {
    BOOST_OUTCOME_TRY(const auto tag, in.take_byte());
    DigestItem out;
    out.kind = static_cast<DigestKind>(tag);
    switch (out.kind) {
        case DigestKind::kConsensus:
        case DigestKind::kSeal:
        case DigestKind::kPreRuntime: {
            BOOST_OUTCOME_TRY(const auto engine, in.take(out.engine.size()));
            std::ranges::copy(engine, out.engine.begin());
            break;
        }
        case DigestKind::kOther:
            break;
        case DigestKind::kRuntimeEnvironmentUpdated:
            return out;
        default:
            return DecodeError::kBadTag;
    }
    BOOST_OUTCOME_TRY(const auto data, scale::read_bytes(in));
    out.data = to_bytes(data);
    return out;
}

void append_digest_item(Bytes& out, const DigestItem& item) {
    out.push_back(static_cast<std::uint8_t>(item.kind));
    if (item.kind == DigestKind::kRuntimeEnvironmentUpdated) {
        return;
    }
    if (item.kind != DigestKind::kOther) {
        append(out, item.engine);
    }
    scale::encode_scale(out, item.data);
}

}  // namespace

bool Header::updates_runtime() const noexcept {
    return std::ranges::any_of(
        digest, [](const DigestItem& item) { return item.kind == DigestKind::kRuntimeEnvironmentUpdated; });
}

Result<Header> read_header(ByteCursor& in) {
    const auto bytes_before = in.remaining();
    Header out;
    BOOST_OUTCOME_TRY(out.parent_hash, in.take_fixed<Hash256>());
    BOOST_OUTCOME_TRY(out.number, scale::read_compact_u32(in));
    BOOST_OUTCOME_TRY(out.state_root, in.take_fixed<Hash256>());
    BOOST_OUTCOME_TRY(out.extrinsics_root, in.take_fixed<Hash256>());
    BOOST_OUTCOME_TRY(const auto item_count, scale::read_compact_u32(in));
    if (item_count > kDigestItemsMax) {
        return HeaderError::kTooManyItems;
    }
    for (std::uint32_t i = 0; i < item_count; ++i) {
        BOOST_OUTCOME_TRY(auto item, read_digest_item(in));
        out.digest.push_back(std::move(item));
        if (bytes_before - in.remaining() > kHeaderBytesMax) {
            return HeaderError::kTooLarge;
        }
    }
    return out;
}

Result<Header> decode_header(ByteView input) {
    if (input.size() > kHeaderBytesMax) {
        return HeaderError::kTooLarge;
    }
    ByteCursor in{input};
    BOOST_OUTCOME_TRY(auto header, read_header(in));
    BOOST_OUTCOME_TRY(in.expect_end());
    return header;
}

Result<DigestItem> decode_digest_item(ByteView input) {
    ByteCursor in{input};
    BOOST_OUTCOME_TRY(auto item, read_digest_item(in));
    BOOST_OUTCOME_TRY(in.expect_end());
    return item;
}

Bytes encode(const Header& header) {
    Bytes out;
    append(out, header.parent_hash.view());
    scale::append_compact(out, header.number);
    append(out, header.state_root.view());
    append(out, header.extrinsics_root.view());
    scale::append_compact(out, header.digest.size());
    for (const auto& item : header.digest) {
        append_digest_item(out, item);
    }
    return out;
}

Bytes encode(const DigestItem& item) {
    Bytes out;
    append_digest_item(out, item);
    return out;
}

Hash256 header_hash(ByteView encoded) {
    return crypto::blake2b_256(encoded);
}

Hash256 header_hash(const Header& header) {
    return header_hash(encode(header));
}

}  // namespace redoubt::substrate
