#include <enclave/state_roots.hpp>
#include <primitives/result.hpp>
#include <primitives/scale.hpp>
#include <tuple>

namespace redoubt::enclave {

namespace {

constexpr std::string_view kPrefix = "worker/root/";

struct Record {
    std::uint32_t block = 0;
    Hash256 root;
    static constexpr auto kScaleFields = std::tuple{&Record::block, &Record::root};
};

Bytes key_of(std::uint32_t block) {
    return concat(bytes_of(kPrefix), scale::encode(block % kStateRootsMax));
}

}  // namespace

void record_state_root(stf::Overlay& state, std::uint32_t block, const Hash256& root) {
    state.put(key_of(block), scale::encode(Record{.block = block, .root = root}));
}

std::optional<Hash256> find_state_root(const stf::StateReader& state, std::uint32_t block) {
    const auto stored = state.get(key_of(block));
    if (!stored) {
        return std::nullopt;
    }
    const auto record = scale::decode<Record>(*stored);
    REDOUBT_ASSERT(record.has_value());
    return record.value().block == block ? std::optional{record.value().root} : std::nullopt;
}

}  // namespace redoubt::enclave
