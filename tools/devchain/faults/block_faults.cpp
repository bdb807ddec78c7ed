#include <primitives/scale.hpp>
#include <tools/devchain/faults/groups.hpp>

#include <algorithm>
#include <light-client/grandpa_digest.hpp>

namespace redoubt::devchain::faults {
namespace {

using Body = std::vector<Bytes>;
constexpr std::string_view kGroup = "Blocks";

/// A fault in which the chain itself signs and finalizes headers that `change` has spoilt.
auto signing(void (*change)(substrate::Header&)) {
    return plain([change](Lie& lie, Chain&) {
        lie.hooks.new_header = [change](substrate::Header header) {
            change(header);
            return header;
        };
    });
}

/// A fault that changes headers when they are asked for. The genesis header stays.
auto serving(void (*change)(substrate::Header&)) {
    return plain([change](Lie& lie, Chain&) {
        lie.hooks.header = [change](const Hash256&, substrate::Header header) {
            if (header.number > 0) {
                change(header);
            }
            return std::optional{std::move(header)};
        };
    });
}

auto serving_bodies(void (*change)(Body&)) {
    return plain([change](Lie& lie, Chain&) {
        lie.hooks.body = [change](const Hash256&, Body body) {
            if (!body.empty()) {
                change(body);
            }
            return std::optional{std::move(body)};
        };
    });
}

/// Puts a log in front of the seal.
void announce(substrate::Header& header, const light_client::GrandpaLog& log) {
    auto data = scale::encode(log);
    ++data.front();  // the tags on the wire begin with 1
    const substrate::DigestItem item{substrate::DigestKind::kConsensus, substrate::kGrandpaEngine,
                                     std::move(data)};
    header.digest.insert(header.digest.empty() ? header.digest.end() : header.digest.end() - 1, item);
}

/// An authority that nobody ever made one.
light_client::AuthorityList usurpers() {
    light_client::Authority usurper;
    usurper.id.bytes.fill(0x66);
    usurper.weight = 1;
    return {usurper};
}

void withhold_body(Lie& lie, Chain&) {
    lie.hooks.body = [](const Hash256&, const Body&) { return std::optional<Body>{}; };
}

}  // namespace

std::vector<Fault> block_faults() {
    return {
        {"wrong-state-root", kGroup, "",
         "New headers have a state root that is not the root of their state; authorities sign and finalize "
         "them.",
         "No read proof fits the state root.",
         signing([](substrate::Header& header) { header.state_root.bytes[0] ^= 1; })},
        {"wrong-extrinsics-root", kGroup, "",
         "New headers have an extrinsics root that is not their body's; authorities sign and finalize them.",
         "The root computed from the body is not the header's.",
         signing([](substrate::Header& header) { header.extrinsics_root.bytes[0] ^= 1; })},
        {"forged-header", kGroup, "", "Headers are served with another state root.",
         "The header's hash is not the one that was asked for, nor the one that is justified.",
         serving([](substrate::Header& header) { header.state_root.bytes[0] ^= 1; })},
        {"forged-set-change", kGroup, "",
         "Headers are served with a change to an authority set that nobody decided on.",
         "The header's hash is not the justified one; the set must not change.",
         serving([](substrate::Header& header) {
             announce(header, light_client::ScheduledChange{usurpers(), 0});
         })},
        {"forged-forced-change", kGroup, "",
         "Headers are served with a forced change that nobody decided on.",
         "The header is not the justified one: the forced change in it halts nothing.",
         serving([](substrate::Header& header) {
             announce(header, light_client::ForcedChange{0, usurpers(), 0});
         })},
        {"hidden-set-change", kGroup, "",
         "Headers are served without what they say of authority set changes.",
         "The header's hash is not the justified one.", serving([](substrate::Header& header) {
             std::erase_if(header.digest, [](const substrate::DigestItem& item) {
                 return item.kind == substrate::DigestKind::kConsensus &&
                        item.engine == substrate::kGrandpaEngine;
             });
         })},
        {"extra-extrinsic", kGroup, "", "Bodies are served with their last extrinsic twice.",
         "The root computed from the body is not the header's.",
         serving_bodies([](Body& body) { body.push_back(Bytes{body.back()}); })},
        {"removed-extrinsic", kGroup, "", "Bodies are served without their last extrinsic.",
         "The root computed from the body is not the header's.",
         serving_bodies([](Body& body) { body.pop_back(); })},
        {"reordered-extrinsics", kGroup, "", "Bodies are served in the opposite order.",
         "The root computed from the body is not the header's, unless the body has one extrinsic.",
         serving_bodies([](Body& body) { std::ranges::reverse(body); })},
        {"withheld-body", kGroup, "", "Bodies are not served.", "There is a header and no body.",
         plain(withhold_body)},
    };
}

}  // namespace redoubt::devchain::faults
