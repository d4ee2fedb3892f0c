// Keys as a server holds them, for tests of enumerations: SCAN in pages that the test chooses.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/redis_glob.h"
#include "support/scripted_server.h"

namespace connect_hiredis::test {

class FakeKeyspace {
 public:
  // Each SCAN tells one page; a key may be in several of them.
  std::vector<std::vector<std::string>> pages;
  // Those that are not strings.
  std::set<std::string> others;
  // Those that SCAN tells although they are gone by now.
  std::set<std::string> lapsed;
  // How long the values of these are; those of others are short.
  std::map<std::string, std::size_t> sizes;
  // Redis before 6 has no SCAN ... TYPE, before 4 no UNLINK.
  bool knows_type_option = true;
  bool knows_unlink = true;

  std::set<std::string> removed;

  void Serve(ScriptedServer& server) {
    server.on_command = [this](Peer& peer, const Words& words) { peer.Send(Answer(words)); };
  }

  std::string Answer(const Words& words) {
    const std::string& name = words[0];
    if (name == "SCAN") return Scan(words);
    if (name == "TYPE") return Simple(TypeOf(words[1]));
    if (name == "PTTL") return Integer(Exists(words[1]) ? 1000 : -2);
    if (name == "MGET") return GetAll(words);
    if (name == "STRLEN") return Length(words[1]);
    if (name == "DEL" || name == "UNLINK") return Remove(words);
    return HarmlessAnswer(words);
  }

 private:
  [[nodiscard]] bool Exists(const std::string& key) const {
    return !lapsed.contains(key) && !removed.contains(key);
  }

  [[nodiscard]] std::string TypeOf(const std::string& key) const {
    if (!Exists(key)) return "none";
    return others.contains(key) ? "hash" : "string";
  }

  // SCAN cursor MATCH pattern COUNT count [TYPE string]
  [[nodiscard]] std::string Scan(const Words& words) const {
    if (words.size() > 6 && !knows_type_option) return Refusal("ERR syntax error");
    const auto page = static_cast<std::size_t>(std::stoul(words[1]));
    std::vector<std::string> found;
    for (const std::string& key : page < pages.size() ? pages[page] : std::vector<std::string>()) {
      if (!RedisGlobMatches(words[3], key)) continue;
      if (words.size() > 6 && others.contains(key)) continue;
      found.push_back(Bulk(key));
    }
    const std::size_t next = page + 1 < pages.size() ? page + 1 : 0;
    return Array({Bulk(std::to_string(next)), Array(found)});
  }

  [[nodiscard]] std::string GetAll(const Words& words) const {
    std::vector<std::string> values;
    for (std::size_t index = 1; index < words.size(); ++index) {
      const bool string = TypeOf(words[index]) == "string";
      values.push_back(string ? Bulk(ValueOf(words[index])) : Nil());
    }
    return Array(values);
  }

  [[nodiscard]] std::string ValueOf(const std::string& key) const {
    const auto size = sizes.find(key);
    return size == sizes.end() ? "value of " + key : std::string(size->second, 'x');
  }

  [[nodiscard]] std::string Length(const std::string& key) const {
    const std::string type = TypeOf(key);
    if (type == "hash") return Refusal("WRONGTYPE Operation against a key");
    return Integer(type == "none" ? 0 : static_cast<std::int64_t>(ValueOf(key).size()));
  }

  std::string Remove(const Words& words) {
    if (words[0] == "UNLINK" && !knows_unlink) {
      return Refusal("ERR unknown command `UNLINK`, with args beginning with: `x`, ");
    }
    std::int64_t count = 0;
    for (std::size_t index = 1; index < words.size(); ++index) {
      if (Exists(words[index]) && removed.insert(words[index]).second) ++count;
    }
    return Integer(count);
  }
};

}  // namespace connect_hiredis::test
