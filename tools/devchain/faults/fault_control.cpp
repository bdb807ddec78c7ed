#include <tools/devchain/faults/fault_control.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace redoubt::devchain::faults {
namespace {

using nlohmann::json;

std::string setting_text(const FaultRequest& request) {
    auto out = request.argument.value_or("");
    if (const auto when = to_text(request.when); !when.empty()) {
        out += "@" + when;
    }
    return out;
}

/// What a setting other than true and false says.
rpc::Expected<FaultRequest> read_setting(const std::string& name, const json& setting) {
    if (setting.is_number_unsigned()) {
        return FaultRequest{name, setting.dump(), {}};
    }
    if (setting.is_string()) {
        const auto text = setting.get<std::string>();
        return parse_fault_request(name + (text.starts_with('@') ? "" : "=") + text);
    }
    if (!setting.is_object()) {
        return rpc::invalid_params("setting has to be true, false, ARG[@when], or {argument, when}");
    }
    FaultRequest request{name, {}, {}};
    for (const auto& [key, value] : setting.items()) {
        const auto text = value.is_string() ? value.get<std::string>() : value.dump();
        if (key == "argument") {
            request.argument = text;
        } else if (key == "when") {
            BOOST_OUTCOME_TRY(request.when, parse_block_range(text));
        } else {
            return rpc::invalid_params("a setting has no member '" + key + "'");
        }
    }
    return request;
}

/// The number of the block that an answer is about, as far as it can be newer than `best`.
template <class... Given>
std::uint32_t number_of(std::uint32_t best, const Given&... given) {
    const auto& first = std::get<0>(std::tie(given...));
    using First = std::remove_cvref_t<decltype(first)>;
    if constexpr (std::is_same_v<First, substrate::Header>) {
        return first.number;
    } else if constexpr (std::is_same_v<First, light_client::BlockRef> && sizeof...(Given) > 1) {
        return std::max(best, first.number);
    } else {
        return best;
    }
}

}  // namespace

FaultControl::FaultControl(Chain& chain) : Observation(chain) {
    chain.hooks() = {};
    moment_ = {chain.best(), chain.finalized()};
}

FaultControl::~FaultControl() {
    chain().hooks() = {};
}

rpc::Expected<std::monostate> FaultControl::start(const FaultRequest& request) {
    BOOST_OUTCOME_TRY(const auto* fault, find_fault(request.name));
    BOOST_OUTCOME_TRY(auto lie, fault->make(chain(), request.argument));
    std::erase_if(active_, [&](const Active& each) { return each.request.name == request.name; });
    install();
    active_.push_back({request, std::move(lie)});
    static_cast<void>(works_at(active_.back(), moment_.best.number));
    install();
    return std::monostate{};
}

std::vector<FaultControl::State> FaultControl::list() const {
    std::vector<State> out;
    for (const auto& fault : all_faults()) {
        const auto found = std::ranges::find(
            active_, fault.name, [](const Active& each) { return std::string_view{each.request.name}; });
        const bool is_on = found != active_.end();
        out.push_back({std::string{fault.name}, std::string{fault.group}, std::string{fault.argument},
                       std::string{fault.lie}, std::string{fault.notice}, is_on,
                       is_on ? setting_text(found->request) : ""});
    }
    return out;
}

rpc::Expected<std::monostate> FaultControl::set(const std::string& name, const json& setting) {
    if (setting == false) {
        return clear(name);
    }
    if (setting == true) {
        return start({name, {}, {}});
    }
    BOOST_OUTCOME_TRY(const auto request, read_setting(name, setting));
    return start(request);
}

rpc::Expected<std::monostate> FaultControl::clear(const std::optional<std::string>& name) {
    if (name) {
        BOOST_OUTCOME_TRY(find_fault(*name));
    }
    const bool was_awake = chain().is_author_awake();
    std::erase_if(active_, [&](const Active& each) { return !name || each.request.name == *name; });
    install();
    // Nobody else makes the block that transactions have been waiting for.
    if (!was_awake && chain().is_author_awake() && chain().options().seal == Seal::kInstant &&
        chain().pool().ready_count() > 0) {
        if (const auto built = chain().build_block(); !built) {
            return rpc::internal_error(built.error().message());
        }
    }
    return std::monostate{};
}

rpc::Delivery FaultControl::deliver(std::string& message) {
    rpc::Delivery delivery;
    for (auto& active : active_) {
        if (active.lie.deliver && works_at(active, moment_.best.number)) {
            const auto one = active.lie.deliver(message);
            delivery.delay += one.delay;
            delivery.drop_connection = delivery.drop_connection || one.drop_connection;
        }
    }
    return delivery;
}

void FaultControl::on_best_changed(const BestChange& change) {
    moment_.best = change.best;
    for (auto& active : active_) {
        static_cast<void>(works_at(active, change.best.number));
    }
}

void FaultControl::on_finalized(const Finalization& finalization) {
    moment_.finalized = {
        finalization.finalized.back(),
        moment_.finalized.number + static_cast<std::uint32_t>(finalization.finalized.size())};
}

bool FaultControl::works_at(Active& active, std::uint32_t number) {
    const bool begins = !active.is_working;
    active.is_working = active.request.when.contains(number);
    if (active.is_working && begins && active.lie.on_start) {
        active.lie.on_start(moment_);
    }
    return active.is_working;
}

void FaultControl::install() {
    install(&Hooks::new_header);
    install(&Hooks::is_author_awake);
    install(&Hooks::header);
    install(&Hooks::body);
    install(&Hooks::hash_by_number);
    install(&Hooks::justification);
    install(&Hooks::finality_proof);
    install(&Hooks::state);
    install(&Hooks::proof);
    install(&Hooks::metadata);
    install(&Hooks::version);
    install(&Hooks::call_result);
    install(&Hooks::best_head);
    install(&Hooks::finalized_head);
    install(&Hooks::genesis_hash);
}

template <class Told, class... Given>
void FaultControl::install(std::function<Told(Given...)> Hooks::*hook) {
    auto& installed = chain().hooks().*hook;
    installed = nullptr;
    if (std::ranges::none_of(active_, [&](const Active& each) { return bool(each.lie.hooks.*hook); })) {
        return;
    }
    installed = [this, hook](Given... given) -> Told {
        const auto number = number_of(moment_.best.number, given...);
        std::tuple<Given...> arguments{std::forward<Given>(given)...};
        auto& value = std::get<sizeof...(Given) - 1>(arguments);
        for (auto& active : active_) {
            const auto& one = active.lie.hooks.*hook;
            if (!one || !works_at(active, number)) {
                continue;
            }
            auto told = std::apply(one, arguments);
            if constexpr (std::is_same_v<Told, std::remove_cvref_t<decltype(value)>>) {
                value = std::move(told);
            } else if (told) {
                value = *std::move(told);
            } else {
                return told;
            }
        }
        return Told{std::move(value)};
    };
}

}  // namespace redoubt::devchain::faults
