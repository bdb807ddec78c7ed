/// What the wallet prints: one result on standard output, everything else on standard error.
///
/// With `--json` standard output holds exactly one JSON document, the result or {"error": …}; where there
/// were warnings, with the member `warnings`: [{"code", "message"}].
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <tools/wallet/failure.hpp>
#include <utility>
#include <vector>

namespace redoubt::wallet {

/// The result of a command in both forms.
struct Report {
    Json json;
    std::string text;  ///< for people; ends without a newline
    /// Undoes what the command did when its result cannot be printed, for what is shown only once.
    /// @return what was done about it, for the remedy
    std::function<std::string()> take_back = {};
    /// The exit status: a result may be that something is refused.
    ExitCode exit = ExitCode::kSuccess;
};

/// Where results, progress and warnings go.
class Console {
  public:
    /// The streams outlive the console.
    Console(std::ostream& out, std::ostream& err, bool json) : out_(out), err_(err), json_(json) {}

    [[nodiscard]] bool is_json() const noexcept { return json_; }
    /// One line about what happens now. Silent with --json, so that a program's log stays clean.
    void progress(std::string_view line);
    /// One line that must not be overlooked: on standard error, and with --json in the document's `warnings`
    /// too.
    /// @param code  a stable word for programs; docs/WALLET.md lists them all
    void warn(std::string code, std::string line);
    /// Prints the result. @errors output_unwritable: it did not arrive, and was taken back if it can be
    [[nodiscard]] Fallible<void> show(const Report& report);
    /// Prints cause and remedy. @return the failure's exit status
    int finish(const Failure& failure);

  private:
    void print(Json document);

    std::ostream& out_;
    std::ostream& err_;
    bool json_;
    Json warnings_ = Json::array();
};

/// Flushes what was printed. @errors output_unwritable
[[nodiscard]] Fallible<void> expect_written(std::ostream& out);

/// Rows with aligned columns. The last column is not padded; columns are two spaces apart.
class Table {
  public:
    explicit Table(std::vector<std::string> titles) { rows_.push_back(std::move(titles)); }
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] std::string to_text() const;

  private:
    std::vector<std::vector<std::string>> rows_;
};

/// "name  value" lines with the values in one column.
[[nodiscard]] std::string aligned(const std::vector<std::pair<std::string, std::string>>& lines);

/// Text from outside with control characters written as \xNN: a chain or worker cannot steer the terminal.
[[nodiscard]] std::string printable(std::string_view text);

/// A span of time as people say it: "34 s", "12 min", "5 h", "3 days".
[[nodiscard]] std::string describe_age(std::uint64_t milliseconds);

}  // namespace redoubt::wallet
