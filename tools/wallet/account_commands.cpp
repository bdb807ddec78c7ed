#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <primitives/crypto/bip39.hpp>
#include <primitives/crypto/ss58.hpp>
#include <primitives/hex.hpp>
#include <tools/wallet/command_line.hpp>

namespace redoubt::wallet {
namespace {

using crypto::Scheme;

constexpr std::chrono::seconds kInspectChainWait{3};

struct NewAccount {
    std::string name = "default";
    Scheme scheme = Scheme::kSr25519;
    unsigned words = 12;
    bool no_password = false;
    std::optional<std::string> uri;  ///< import: given on the command line
};

struct InspectAccount {
    std::string account;
    Scheme scheme = Scheme::kSr25519;
};

using NamedScheme = std::pair<std::string_view, Scheme>;
constexpr std::array<NamedScheme, 3> kSchemes{
    {{"sr25519", Scheme::kSr25519}, {"ed25519", Scheme::kEd25519}, {"ecdsa", Scheme::kEcdsa}}};

std::string address_42(const AccountId& account) {
    return crypto::encode_ss58(account.view(), crypto::kGenericSs58Prefix);
}

Json account_json(const StoredAccount& account) {
    return {{"name", account.name},
            {"scheme", crypto::scheme_name(account.scheme)},
            {"public_key", to_hex_0x(account.public_key)},
            {"account_id", to_hex_0x(account.account.view())},
            {"address", address_42(account.account)},
            {"password", account.has_password}};
}

/// Writes the account and describes it; the caller adds the phrase where there is a new one.
Fallible<Report> store(Context& context, const NewAccount& wanted, ByteView secret_uri) {
    BOOST_OUTCOME_TRY(const auto key, key_of_secret_uri(text_of(secret_uri), wanted.scheme));
    auto source = context.accounts().password();
    source.none = wanted.no_password;
    BOOST_OUTCOME_TRY(const auto password, get_password(source, "New password for " + wanted.name, true));
    KeyFileHeader header;
    header.scheme = wanted.scheme;
    header.has_password = !wanted.no_password;
    header.public_key = key.public_key();
    BOOST_OUTCOME_TRY(const auto file, or_fail(seal_key_file(header, secret_uri, password.expose()),
                                               refused("account_not_made", "the key file cannot be made",
                                                       "Free some memory and try again.")));
    BOOST_OUTCOME_TRY(const auto path, context.accounts().keystore().add(wanted.name, file));
    StoredAccount stored;
    stored.name = wanted.name;
    stored.scheme = wanted.scheme;
    stored.public_key = header.public_key;
    stored.account = key.account_id();
    stored.has_password = header.has_password;
    if (wanted.no_password) {
        context.console().warn(
            "account_unprotected",
            "the account " + wanted.name + " has no password: whoever reads " + path.string() + " owns it");
    }
    Report report;
    report.json = account_json(stored);
    report.json["file"] = path.string();
    report.text = aligned({{"name", stored.name},
                           {"scheme", std::string{crypto::scheme_name(stored.scheme)}},
                           {"address", address_42(stored.account)},
                           {"account id", to_hex_0x(stored.account.view())},
                           {"file", path.string()}});
    return report;
}

/// Refuses before anything is asked or shown what add() would refuse after it.
Fallible<void> expect_free_name(Context& context, const std::string& name) {
    BOOST_OUTCOME_TRY(check_account_name(name));
    const auto existing = context.accounts().keystore().find(name);
    if (!existing || existing.value()) {
        return refused("account_exists", "the keystore already has an account named " + name,
                       "Choose another name; a key file is never overwritten.");
    }
    return success();
}

Fallible<Report> make_account(Context& context, const NewAccount& wanted) {
    BOOST_OUTCOME_TRY(expect_free_name(context, wanted.name));
    auto phrase = crypto::generate_mnemonic(wanted.words);
    auto report = store(context, wanted, bytes_of(phrase));
    if (report) {
        report.value().json["mnemonic"] = phrase;
        report.value().take_back = [&context, name = wanted.name] {
            const auto& keystore = context.accounts().keystore();
            return keystore.remove(name)
                       ? "The account " + name + " was not kept, because nobody has seen its phrase."
                       : "Remove the account " + name + " from " + keystore.folder().string() +
                             ": nobody has seen its phrase.";
        };
        report.value().text +=
            "\n\nThis phrase is the account. It is shown once:\nwrite it down.\n\n "
            " " +
            phrase + "\n";
    }
    crypto::wipe({reinterpret_cast<std::uint8_t*>(phrase.data()), phrase.size()});
    return report;
}

Fallible<Report> import_account(Context& context, const NewAccount& wanted) {
    BOOST_OUTCOME_TRY(expect_free_name(context, wanted.name));
    if (wanted.uri) {
        return store(context, wanted, bytes_of(*wanted.uri));
    }
    BOOST_OUTCOME_TRY(const auto phrase, read_hidden_line("Phrase or secret URI: ", 4096));
    return store(context, wanted, phrase.expose());
}

Fallible<Report> list_accounts(Context& context) {
    BOOST_OUTCOME_TRY(const auto listing, context.accounts().keystore().list());
    Report report;
    report.json = {{"keystore", context.accounts().keystore().folder().string()},
                   {"accounts", Json::array()},
                   {"damaged", Json::array()}};
    Table table{{"NAME", "SCHEME", "ADDRESS", "PASSWORD"}};
    for (const auto& account : listing.accounts) {
        report.json["accounts"].push_back(account_json(account));
        table.add({account.name, std::string{crypto::scheme_name(account.scheme)},
                   address_42(account.account), account.has_password ? "yes" : "no"});
    }
    for (const auto& file : listing.damaged) {
        report.json["damaged"].push_back({{"file", file.path}, {"reason", file.reason}});
        context.console().warn("key_file_unreadable", printable(file.path) + ": " + file.reason);
    }
    report.text = listing.accounts.empty()
                      ? "no accounts in " + context.accounts().keystore().folder().string()
                      : table.to_text();
    return report;
}

/// The chain's network prefix, or nullopt when no chain answers quickly: inspecting works without one.
Task<std::optional<std::uint16_t>> chain_prefix(Context& context) {
    registry_client::ConnectOptions options;
    options.rpc.url = context.settings().chain_url;
    options.rpc.connect_timeout = kInspectChainWait;
    options.rpc.call_timeout = kInspectChainWait;
    options.rpc.reconnect = false;
    auto client = co_await registry_client::ChainClient::connect(context.executor(), std::move(options));
    if (!client) {
        context.console().progress("no chain at " + context.settings().chain_url +
                                   ": only the generic address is shown");
        co_return std::nullopt;
    }
    co_return client.value()->runtime()->ss58_prefix;
}

Task<Fallible<Report>> inspect_account(Context& context, InspectAccount wanted) {
    std::optional<Bytes> public_key;
    std::optional<Scheme> scheme;
    AccountId account;
    if (looks_like_secret_uri(wanted.account)) {
        BOOST_OUTCOME_CO_TRY(const auto key, key_of_secret_uri(wanted.account, wanted.scheme));
        public_key = key.public_key();
        scheme = wanted.scheme;
        account = key.account_id();
    } else {
        BOOST_OUTCOME_CO_TRY(const auto stored, context.accounts().keystore().find(wanted.account));
        if (stored) {
            public_key = stored->public_key;
            scheme = stored->scheme;
            account = stored->account;
        } else {
            BOOST_OUTCOME_CO_TRY(account, context.accounts().resolve(wanted.account, std::nullopt));
        }
    }
    const auto prefix = co_await chain_prefix(context);
    Report report;
    report.json = {{"scheme", nullptr},
                   {"public_key", nullptr},
                   {"account_id", to_hex_0x(account.view())},
                   {"addresses", Json::object()}};
    std::vector<std::pair<std::string, std::string>> lines;
    if (scheme && public_key) {
        report.json["scheme"] = crypto::scheme_name(*scheme);
        report.json["public_key"] = to_hex_0x(*public_key);
        lines.emplace_back("scheme", std::string{crypto::scheme_name(*scheme)});
        lines.emplace_back("public key", to_hex_0x(*public_key));
    }
    lines.emplace_back("account id", to_hex_0x(account.view()));
    lines.emplace_back("address (42)", address_42(account));
    report.json["addresses"]["42"] = address_42(account);
    if (prefix && *prefix != crypto::kGenericSs58Prefix) {
        const auto address = crypto::encode_ss58(account.view(), *prefix);
        lines.emplace_back("address (" + std::to_string(*prefix) + ")", address);
        report.json["addresses"][std::to_string(*prefix)] = address;
    }
    report.text = aligned(lines);
    co_return report;
}

Task<Fallible<Report>> run_now(Context& context, Fallible<Report> (*action)(Context&)) {
    co_return action(context);
}

Task<Fallible<Report>> run_with(Context& context,
                                NewAccount wanted,
                                Fallible<Report> (*action)(Context&, const NewAccount&)) {
    co_return action(context, wanted);
}

void add_scheme_option(CLI::App& command, Scheme& scheme) {
    std::vector<std::string> names;
    for (const auto& entry : kSchemes) {
        names.emplace_back(entry.first);
    }
    std::function<void(const std::string&)> choose = [&scheme](const std::string& name) {
        scheme = std::ranges::find(kSchemes, name, &NamedScheme::first)->second;
    };
    // The parser prints the choices as they stand here, which it could not do with values of the enum.
    command.add_option_function("--scheme", choose, "Kind of key")
        ->transform(CLI::IsMember(std::move(names), CLI::ignore_case))
        ->type_name("SCHEME")
        ->default_str("sr25519");
}

}  // namespace

void add_account_commands(CLI::App& app, CommandTask& chosen) {
    auto* account = app.add_subcommand("account", "Accounts of the keystore")->require_subcommand(1);

    auto made = std::make_shared<NewAccount>();
    auto* make = account->add_subcommand("new", "Make an account; its phrase is shown once");
    make->add_option("NAME", made->name, "Name in the keystore")->capture_default_str();
    add_scheme_option(*make, made->scheme);
    make->add_option("--words", made->words, "Length of the phrase")
        ->check(CLI::IsMember({12, 24}))
        ->capture_default_str();
    make->add_flag("--no-password", made->no_password, "Leave the key file unprotected");
    make->callback([made, &chosen] {
        chosen = [made](Context& context) { return run_with(context, *made, make_account); };
    });

    auto imported = std::make_shared<NewAccount>();
    auto* import = account->add_subcommand("import", "Store an account whose phrase or secret URI you have");
    import->add_option("NAME", imported->name, "Name in the keystore")->required();
    add_scheme_option(*import, imported->scheme);
    import->add_option("--uri", imported->uri,
                       "The secret URI; without it, it is asked for (other users can see arguments)");
    import->add_flag("--no-password", imported->no_password, "Leave the key file unprotected");
    import->callback([imported, &chosen] {
        chosen = [imported](Context& context) { return run_with(context, *imported, import_account);
};
}  // namespace redoubt::wallet
);

account->add_subcommand("list", "List the accounts of the keystore")->callback([&chosen] {
    chosen = [](Context& context) { return run_now(context, list_accounts); };
});

auto inspected = std::make_shared<InspectAccount>();
auto* inspect = account->add_subcommand("inspect", "Public key, account id and addresses of an account");
inspect->add_option("ACCOUNT", inspected->account, "Name, secret URI, SS58 address or 0x account id")
    ->required();
add_scheme_option(*inspect, inspected->scheme);
inspect->callback([inspected, &chosen] {
    chosen = [inspected](Context& context) { return inspect_account(context, *inspected); };
});
}

}  // namespace redoubt::wallet
