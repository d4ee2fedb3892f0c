#include "loop/socket_poll.h"

#include <utility>

namespace connect_hiredis {

std::unique_ptr<SocketPoll> SocketPoll::Create(const EventLoop& loop, uv_os_sock_t socket,
                                               PollListener* listener, int* system_error) {
  Handle<uv_poll_t> handle(loop, listener, [&](uv_poll_t* poll) {
    return *system_error = uv_poll_init_socket(loop.loop, poll, socket);
  });
  if (!handle) return nullptr;
  handle.Unref();
  return std::unique_ptr<SocketPoll>(new SocketPoll(std::move(handle)));
}

void SocketPoll::Watch(bool readable, bool writable) {
  const int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
  if (events == watched_) return;
  watched_ = events;
  if (events == 0) {
    uv_poll_stop(handle_.get());
    return;
  }
  uv_poll_start(handle_.get(), events, [](uv_poll_t* handle, int status, int happened) {
    static_cast<PollListener*>(handle->data)
        ->OnPoll((happened & UV_READABLE) != 0, (happened & UV_WRITABLE) != 0, status < 0);
  });
}

}  // namespace connect_hiredis
