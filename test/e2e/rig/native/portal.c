/* A way into network namespaces that no fault of the wire touches: for every NAMESPACE:PORT a
 * listening socket out here, whose connections go to 127.0.0.1:PORT in there. A socket belongs to
 * the namespace in which its thread made it, so a thread steps in for that moment.
 *
 * usage: portal NAMESPACE:PORT...
 * Prints the port out here of each, a line each. Ends when its standard input closes. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DOORS_MAX 64
#define PIECE 65536

struct door { int namespace, port, listener; };
struct visit { const struct door *door; int outside; };

static void die(const char *what, const char *name) {
  fprintf(stderr, "portal: %s %s: %s\n", what, name, strerror(errno));
  exit(1);
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static int pass(int from, int to) {
  char piece[PIECE];
  ssize_t length = read(from, piece, sizeof piece);
  if (length <= 0) return 0;
  for (ssize_t at = 0; at < length;) {
    ssize_t written = write(to, piece + at, (size_t)(length - at));
    if (written <= 0) return 0;
    at += written;
  }
  return 1;
}

static void *carry(void *given) {
  struct visit visit = *(struct visit *)given;
  free(given);
  int inside = -1, on = 1;
  if (setns(visit.door->namespace, CLONE_NEWNET) == 0) {
    inside = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  }
  struct sockaddr_in address = loopback(visit.door->port);
  if (inside >= 0 && connect(inside, (struct sockaddr *)&address, sizeof address) == 0) {
    setsockopt(inside, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(visit.outside, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct pollfd ends[2] = {{.fd = visit.outside, .events = POLLIN},
                             {.fd = inside, .events = POLLIN}};
    while (poll(ends, 2, -1) > 0) {
      if (ends[0].revents && !pass(visit.outside, inside)) break;
      if (ends[1].revents && !pass(inside, visit.outside)) break;
    }
  }
  if (inside >= 0) close(inside);
  close(visit.outside);
  return 0;
}

static void visitor(const struct door *door) {
  int outside = accept4(door->listener, 0, 0, SOCK_CLOEXEC);
  if (outside < 0) return;
  struct visit *visit = malloc(sizeof *visit);
  pthread_t thread;
  if (visit) {
    *visit = (struct visit){door, outside};
    if (pthread_create(&thread, 0, carry, visit) == 0) {
      pthread_detach(thread);
      return;
    }
    free(visit);
  }
  close(outside);
}

int main(int argc, char **argv) {
  static struct door doors[DOORS_MAX];
  int count = argc - 1;
  if (count < 1 || count > DOORS_MAX) {
    fprintf(stderr, "usage: portal NAMESPACE:PORT...\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  struct pollfd ready[DOORS_MAX + 1];
  for (int i = 0; i < count; i++) {
    char name[128], path[256];
    int port;
    if (sscanf(argv[1 + i], "%127[^:]:%d", name, &port) != 2) die("no namespace:port", argv[1 + i]);
    snprintf(path, sizeof path, "/run/netns/%s", name);
    int namespace = open(path, O_RDONLY | O_CLOEXEC);
    if (namespace < 0) die("no namespace", name);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 64) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) < 0)
      die("cannot listen for", name);
    doors[i] = (struct door){namespace, port, listener};
    ready[i] = (struct pollfd){.fd = listener, .events = POLLIN};
    printf("%d\n", ntohs(address.sin_port));
  }
  fflush(stdout);
  ready[count] = (struct pollfd){.fd = 0, .events = POLLIN};
  while (poll(ready, (nfds_t)count + 1, -1) > 0 || errno == EINTR) {
    for (int i = 0; i < count; i++)
      if (ready[i].revents & POLLIN) visitor(&doors[i]);
    if (ready[count].revents) return 0;
  }
  return 1;
}
