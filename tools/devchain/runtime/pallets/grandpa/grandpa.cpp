#include <light-client/grandpa_digest.hpp>
#include <tools/devchain/runtime/pallets/grandpa/grandpa.hpp>
#include <tools/devchain/runtime/runtime.hpp>

namespace redoubt::devchain::grandpa {

struct PendingPause {
    BlockNumber scheduled_at = 0;
    BlockNumber delay = 0;
    static constexpr auto kType = structure("PendingPause",
                                            field("scheduled_at", &PendingPause::scheduled_at),
                                            field("delay", &PendingPause::delay));
    static constexpr auto kScaleFields = kType.members();
};
struct PendingResume {
    BlockNumber scheduled_at = 0;
    BlockNumber delay = 0;
    static constexpr auto kType = structure("PendingResume",
                                            field("scheduled_at", &PendingResume::scheduled_at),
                                            field("delay", &PendingResume::delay));
    static constexpr auto kScaleFields = kType.members();
};
/// Always live: voting is stopped by the chain, not by the runtime.
struct StoredState {
    std::variant<Unit<"Live">, PendingPause, Unit<"Paused">, PendingResume> value;
    static constexpr std::string_view kVariantPath = "pallet_grandpa::StoredState";
    static constexpr auto kScaleFields = std::tuple{&StoredState::value};
};

namespace {

const StorageValue<StoredState> kState{kName, "State", Absent::kDefault};
const StorageValue<BlockNumber> kNextForced{kName, "NextForced", Absent::kNone};
const StorageValue<std::pair<BlockNumber, BlockNumber>> kStalled{kName, "Stalled", Absent::kNone};
const StorageMap<std::uint64_t, std::uint32_t> kSetIdSession{kName, "SetIdSession", Hasher::kTwox64Concat,
                                                             Absent::kNone};

constexpr Event<Authorities> kNewAuthorities{0, "NewAuthorities", {"authority_set"}};
constexpr Event<> kPaused{1, "Paused"};
constexpr Event<> kResumed{2, "Resumed"};

constexpr Error<> kPauseFailed{0, "PauseFailed"};
constexpr Error<> kResumeFailed{1, "ResumeFailed"};
constexpr Error<> kChangePending{2, "ChangePending"};
constexpr Error<> kTooSoon{3, "TooSoon"};
constexpr Error<> kInvalidKeyOwnershipProof{4, "InvalidKeyOwnershipProof"};
constexpr Error<> kInvalidEquivocationProof{5, "InvalidEquivocationProof"};
constexpr Error<> kDuplicateOffenceReport{6, "DuplicateOffenceReport"};

substrate::DigestItem announcement(const StoredPendingChange& change) {
    const auto next = to_list(change.next_authorities.items);
    light_client::GrandpaLog log;
    if (change.forced) {
        log = light_client::ForcedChange{*change.forced, next, change.delay};
    } else {
        log = light_client::ScheduledChange{next, change.delay};
    }
    // The tags on the wire begin with 1.
    auto data = scale::encode(log);
    ++data.front();
    return {substrate::DigestKind::kConsensus, substrate::kGrandpaEngine, std::move(data)};
}

}  // namespace

void Grandpa::describe(PalletDescription& description) const {
    description.events(kNewAuthorities, kPaused, kResumed);
    description.errors(kPauseFailed, kResumeFailed, kChangePending, kTooSoon, kInvalidKeyOwnershipProof,
                       kInvalidEquivocationProof, kDuplicateOffenceReport);
    description.constant("MaxAuthorities", kAuthoritiesMax);
    description.constant("MaxNominators", std::uint32_t{0});
    description.constant("MaxSetIdSessionEntries", std::uint64_t{0});
    description.storage(kState, kPendingChange, kNextForced, kStalled, kCurrentSetId, kSetIdSession,
                        kAuthorities);
}

void Grandpa::build_genesis(Context& context, const GenesisConfig& config) const {
    const auto authorities = from_list(config.grandpa);
    REDOUBT_ASSERT(authorities.size() <= kAuthoritiesMax);
    kAuthorities.put(context.storage(), {authorities});
    Bytes well_known{1};
    scale::encode_scale(well_known, authorities);
    context.storage().put(bytes_of(kWellKnownKey), std::move(well_known));
}

void Grandpa::on_finalize(Context& context) const {
    auto& storage = context.storage();
    const auto change = kPendingChange.find(storage);
    if (!change) {
        return;
    }
    if (context.block_number() == change->scheduled_at) {
        context.deposit_log(announcement(*change));
    }
    if (context.block_number() == change->scheduled_at + change->delay) {
        kAuthorities.put(storage, change->next_authorities);
        kCurrentSetId.put(storage, kCurrentSetId.get(storage) + 1);
        kPendingChange.kill(storage);
        context.deposit(kIndex, kNewAuthorities, change->next_authorities.items);
    }
}

Dispatched<> schedule_change(Context& context,
                             const Authorities& next,
                             BlockNumber delay,
                             std::optional<BlockNumber> forced) {
    if (kPendingChange.find(context.storage())) {
        return module_error(kIndex, kChangePending);
    }
    const bool is_usable =
        next.size() <= kAuthoritiesMax && light_client::VoterSet::from(to_list(next)).has_value();
    if (!is_usable || delay > UINT32_MAX - context.block_number()) {
        return DispatchError{};
    }
    kPendingChange.put(context.storage(), {context.block_number(), delay, {next}, forced});
    return success();
}

light_client::AuthorityList to_list(const Authorities& authorities) {
    light_client::AuthorityList out;
    for (const auto& [key, weight] : authorities) {
        light_client::Authority authority;
        std::copy(key.begin(), key.end(), authority.id.bytes.begin());
        authority.weight = weight;
        out.push_back(authority);
    }
    return out;
}

Authorities from_list(const light_client::AuthorityList& list) {
    Authorities out;
    for (const auto& authority : list) {
        GrandpaPublic key;
        std::copy(authority.id.begin(), authority.id.end(), key.bytes.begin());
        out.emplace_back(key, authority.weight);
    }
    return out;
}

}  // namespace redoubt::devchain::grandpa
