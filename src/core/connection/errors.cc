#include "connection/errors.h"

#include <string>

#include "connection/connection.h"

namespace connect_hiredis {

namespace {

std::string DescribePlace(const ConnectionOptions& options) {
  if (!options.socket_path.empty()) return options.socket_path;
  const bool colons = options.host.find(':') != std::string::npos;
  return (colons ? "[" + options.host + "]" : options.host) + ":" + std::to_string(options.port);
}

}  // namespace

Error MakeClosedError() {
  Error error;
  error.code = ErrorCode::kClosed;
  error.message = "The client is closed";
  return error;
}

Error Connection::MakeTimeoutError(const Command& command) const {
  Error error;
  error.code = ErrorCode::kTimeout;
  // Ready now, it was not when the command came.
  const bool older = command.submitted < ready_since_;
  error.cause = last_error_ == nullptr && older ? broken_by_ : last_error_;
  // A cause that is the system's has the address in its own message.
  const bool told = error.cause != nullptr && !error.cause->address.empty();
  const std::string redis = told ? "Redis" : "Redis at " + DescribePlace(options_);
  const std::string milliseconds = std::to_string(options_.command_timeout.count());
  // With a connection, it waited for the server all the same, behind others.
  error.message = command.sent || state_ == State::kReady
                      ? redis + " did not answer within " + milliseconds + " ms"
                      : "There was no connection to " + redis + " for " + milliseconds + " ms";
  return error;
}

Error MakeAdmissionError(Admission admission, std::shared_ptr<const Error> last_error) {
  if (admission == Admission::kClosed) return MakeClosedError();
  Error error;
  error.code = ErrorCode::kQueueFull;
  if (admission == Admission::kBehind) {
    error.message =
        "Redis does not keep up: it has too many commands, or too large ones, to answer";
    return error;
  }
  error.message = admission == Admission::kOffline
                      ? "There is no connection to Redis, and no command may wait for one"
                      : "There is no connection to Redis, and the queue of commands is full";
  error.cause = std::move(last_error);
  return error;
}

}  // namespace connect_hiredis
