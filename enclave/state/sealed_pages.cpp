#include <array>
#include <enclave/state/sealed_pages.hpp>
#include <primitives/crypto/batch_box.hpp>
#include <primitives/crypto/kdf.hpp>
#include <primitives/crypto/keyed_hash.hpp>
#include <primitives/scale.hpp>

namespace redoubt::enclave {

using boundary::Refusal;

namespace {

constexpr std::array<std::uint8_t, 4> kMagic = {'R', 'D', 'P', '2'};
/// Magic and sequence.
constexpr std::size_t kClearBytes = kMagic.size() + sizeof(std::uint64_t);

/// Parts of known sizes, one after the other.
template <std::size_t... kSizes>
auto joined(const std::span<const std::uint8_t, kSizes>&... parts) {
    std::array<std::uint8_t, (kSizes + ...)> out{};
    auto* at = out.data();
    ((at = std::ranges::copy(parts, at).out), ...);
    return out;
}

using ClearView = std::span<const std::uint8_t, kClearBytes>;

auto associated_data(ClearView clear, const Hash256& shard, const PageId& id) {
    return joined(clear, std::span{shard.bytes}, std::span{id.bytes});
}

}  // namespace

SealedPages::SealedPages(const crypto::SecretBytes<32>& state_key, const Hash256& shard, PageStorage& storage)
    : page_key_(crypto::hkdf_sha256(state_key.expose(), bytes_of("redoubt/page/v2"))),
      name_key_(crypto::hkdf_sha256(state_key.expose(), bytes_of("redoubt/page-name/v1"))),
      shard_(shard),
      storage_(storage) {
}

PageId SealedPages::id_of(StatePart part, ByteView name) const {
    named_.clear();
    named_.push_back(static_cast<std::uint8_t>(part));
    append(named_, shard_.view());
    append(named_, name);
    return crypto::keyed_blake2b_128(name_key_, named_);
}

SealedPages::Sealer::Sealer(const SealedPages& pages, std::uint64_t sequence)
    : pages_(pages), sequence_(sequence), boxes_(pages.page_key_) {
}

Bytes SealedPages::Sealer::seal(const PageId& id, ByteView page) {
    Bytes out;
    out.reserve(kClearBytes + crypto::kBatchBoxOverheadBytes + page.size());
    append(out, kMagic);
    scale::encode_scale(out, sequence_);
    const auto bound = associated_data(ByteView{out}.first<kClearBytes>(), pages_.shard_, id);
    boxes_.append_box(out, bound, page);
    return out;
}

Result<crypto::SecretBuffer> SealedPages::unseal(const PageId& id, bool again) const {
    const auto sealed = storage_.read(id, again);
    if (!sealed) {
        return Refusal::kPageMissing;
    }
    if (sealed->size() < kClearBytes || !equal(ByteView{*sealed}.first(kMagic.size()), kMagic)) {
        return Refusal::kPageDamaged;
    }
    const auto bound = associated_data(ByteView{*sealed}.first<kClearBytes>(), shard_, id);
    auto page = crypto::open_batch_box(page_key_, bound, ByteView{*sealed}.subspan(kClearBytes));
    if (!page) {
        return Refusal::kPageDamaged;
    }
    return page;
}

Result<trie::PackedNodePtr> SealedPages::open(const PageId& id,
                                              trie::NibbleView path,
                                              const Hash256& hash,
                                              bool again) const {
    BOOST_OUTCOME_TRY(const auto page, unseal(id, again));
    auto node = trie::decode_page(page.expose(), path, hash, trie::StateVersion::kV1);
    if (!node) {
        // It is authentic, and of this place: another version of it.
        return Refusal::kPageOutdated;
    }
    return node;
}

Result<void> SealedPages::check_seal(const PageId& id) const {
    BOOST_OUTCOME_TRY(const auto page, unseal(id, false));
    static_cast<void>(page);
    return success();
}

trie::PackedNodePtr SealedPages::Source::load(trie::NibbleView path, const Hash256& hash) {
    const auto id = pages_.id_of(part_, trie::page_name(path));
    auto node = pages_.open(id, path, hash, false);
    if (!node) {
        node = pages_.open(id, path, hash, true);
    }
    if (!node) {
        pages_.set_fault(static_cast<Refusal>(node.error().value()));
        return {};
    }
    return std::move(node).value();
}

std::optional<Refusal> SealedPages::take_fault() {
    return std::exchange(fault_, std::nullopt);
}

void SealedPages::set_fault(Refusal fault) {
    if (!fault_) {
        fault_ = fault;
    }
}

}  // namespace redoubt::enclave
