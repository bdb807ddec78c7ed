#include <primitives/scale.hpp>
#include <tools/devchain/faults/groups.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <substrate/events.hpp>
#include <substrate/metadata.hpp>
#include <substrate/storage_key.hpp>
#include <tools/devchain/runtime/types.hpp>

namespace redoubt::devchain::faults {
namespace {

constexpr std::string_view kGroup = "Storage, events and the runtime";
constexpr std::string_view kPalletOfWorkers = "EnclaveBridge";
/// Lying states that are kept, so that asking again gives the same and costs little.
constexpr std::size_t kStatesKeptMax = 32;

Bytes events_key() {
    return substrate::storage_prefix("System", "Events");
}

/// A hook that shows `change(state)` in place of each state.
/// @param change  what differs in the main trie
template <class Change>
auto showing_changed(Change change) {
    auto shown = std::make_shared<std::map<const BlockState*, std::pair<BlockStatePtr, BlockStatePtr>>>();
    return [change, shown](const Hash256&, BlockStatePtr truth) {
        const auto known = shown->find(truth.get());
        if (known != shown->end()) {
            return known->second.second;
        }
        if (shown->size() >= kStatesKeptMax) {
            shown->clear();
        }
        auto changed = std::make_shared<BlockState>(*truth);
        changed->apply({change(truth->main()), {}});
        shown->emplace(truth.get(), std::pair{truth, changed});
        return BlockStatePtr{std::move(changed)};
    };
}

rpc::Expected<Lie> make_wrong_value(Chain&, const std::optional<std::string>& argument) {
    BOOST_OUTCOME_TRY(const auto pair, pair_argument(argument));
    BOOST_OUTCOME_TRY(auto key, hex_argument(pair.left));
    std::optional<Bytes> value;
    if (pair.right != "none") {
        BOOST_OUTCOME_TRY(value, hex_argument(pair.right));
    }
    Lie lie;
    lie.hooks.state = showing_changed(
        [changes = TrieChanges{{std::move(key), std::move(value)}}](const auto&) { return changes; });
    return lie;
}

rpc::Expected<Lie> make_forged_events(Chain&, const std::optional<std::string>& argument) {
    BOOST_OUTCOME_TRY(auto value, hex_argument(argument.value_or("00")));
    Lie lie;
    lie.hooks.state = showing_changed(
        [changes = TrieChanges{{events_key(), std::move(value)}}](const auto&) { return changes; });
    return lie;
}

/// `events` with each ExtrinsicFailed made an ExtrinsicSuccess of the same weight.
Bytes without_failures(const substrate::Metadata& metadata, const Bytes& events) {
    Bytes out;
    const auto* begin = events.data();
    const auto* copied = begin;
    const auto walked = substrate::walk_events(metadata, events, [&](const substrate::EventView& event) {
        ByteCursor fields{event.fields};
        if (!event.is("System", "ExtrinsicFailed") || !scale::read<DispatchError>(fields)) {
            return;
        }
        // The byte in front of the fields is the event's index in its pallet.
        append(out, ByteView{copied, event.fields.data() - 1});
        out.push_back(0);
        copied = event.fields.data() + (event.fields.size() - fields.remaining());
    });
    if (!walked) {
        return events;
    }
    append(out, ByteView{copied, begin + events.size()});
    return out;
}

void report_success(Lie& lie, Chain& chain) {
    const auto metadata = std::make_shared<const substrate::Metadata>(
        substrate::Metadata::decode(*chain.runtime().metadata(14)).value());
    lie.hooks.state = showing_changed([metadata](const trie::StateTrie& trie) {
        TrieChanges changes;
        if (const auto events = trie.get(events_key())) {
            changes.emplace(events_key(), without_failures(*metadata, to_bytes(*events)));
        }
        return changes;
    });
}

rpc::Expected<Lie> make_wrong_call_result(Chain&, const std::optional<std::string>& argument) {
    BOOST_OUTCOME_TRY(auto pair, pair_argument(argument));
    BOOST_OUTCOME_TRY(auto value, hex_argument(pair.right));
    Lie lie;
    lie.hooks.call_result = [wanted = std::move(pair.left), value = std::move(value)](std::string_view method,
                                                                                      Bytes result) {
        return method == wanted ? value : result;
    };
    return lie;
}

/// Changes the last letter of each name that is `name`, where it stands with its length.
Bytes renamed(Bytes metadata, const std::string& name) {
    const auto wanted = scale::encode(name);
    for (auto at = metadata.begin();;) {
        at = std::search(at, metadata.end(), wanted.begin(), wanted.end());
        if (at == metadata.end()) {
            return metadata;
        }
        at += static_cast<std::ptrdiff_t>(wanted.size());
        *(at - 1) = *(at - 1) == 'X' ? 'Y' : 'X';
    }
}

rpc::Expected<Lie> make_wrong_metadata(Chain& chain, const std::optional<std::string>& argument) {
    auto name = argument.value_or(std::string{kPalletOfWorkers});
    const auto truth = substrate::Metadata::decode(*chain.runtime().metadata(14)).value();
    if (truth.find_pallet(name) == nullptr) {
        return rpc::invalid_params("the runtime has no pallet '" + name + "'");
    }
    Lie lie;
    lie.hooks.metadata = [name](Bytes bytes) { return renamed(std::move(bytes), name); };
    lie.hooks.call_result = [name](std::string_view method, Bytes bytes) {
        return method.starts_with("Metadata_") ? renamed(std::move(bytes), name) : bytes;
    };
    return lie;
}

void raise_version(Lie& lie, Chain&) {
    lie.hooks.version = [](Version version) {
        ++version.spec_version;
        ++version.transaction_version;
        return version;
    };
    lie.hooks.call_result = [hook = lie.hooks.version](std::string_view method, Bytes bytes) {
        const auto version = scale::decode<Version>(bytes);
        return method == "Core_version" && version ? scale::encode(hook(version.value())) : bytes;
    };
}

}  // namespace

std::vector<Fault> state_faults() {
    return {
        {"wrong-storage-value", kGroup, "KEY:VALUE in hex, or KEY:none for an absent one; required",
         "Storage is read as if KEY had VALUE; read proofs stay true.",
         "The proven value is another than the one that was told.", make_wrong_value},
        {"forged-events", kGroup, "the value of System.Events in hex, by default 00, an empty list",
         "Storage is read as if each block had these events; read proofs stay true.",
         "The proven value of System.Events is another than the one that was told.", make_forged_events},
        {"failed-extrinsic-as-success", kGroup, "",
         "In System.Events as storage shows it, each System.ExtrinsicFailed is an ExtrinsicSuccess.",
         "The proven value of System.Events says that the extrinsic failed.", plain(report_success)},
        {"wrong-call-result", kGroup, "FUNCTION:RESULT, the result in hex; required",
         "The runtime API function FUNCTION is told to have returned RESULT.",
         "No proof stands behind the result; what matters has to be read from proven storage.",
         make_wrong_call_result},
        {"wrong-metadata", kGroup, "the name of a pallet, by default EnclaveBridge",
         "In the metadata, that pallet has a name with another last letter.",
         "A pallet that has to be there is missing, and CheckMetadataHash refuses what is signed.",
         make_wrong_metadata},
        {"wrong-runtime-version", kGroup, "",
         "The spec and transaction versions that the runtime is said to have are one too high.",
         "Transactions signed for these versions are refused as badly signed.", plain(raise_version)},
    };
}

}  // namespace redoubt::devchain::faults
