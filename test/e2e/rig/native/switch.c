/* A layer-2 switch in user space: one TAP device in every node's network namespace, and for each
 * ordered pair of nodes its own delay, jitter, loss, bandwidth and cut, read again every 50 ms from
 * a control file. It exists because kernels of small machines have no netem.
 *
 * usage: switch CONTROL SEED NAMESPACE...
 * Node i (from 0) has the MAC address 02:00:00:00:00:i+1; addresses are never learnt.
 * A line of CONTROL: from to delay_us jitter_us loss_ppm bytes_per_second cut
 * A pair without a line is a clean wire. Frames of a pair stay in order. Ends on SIGTERM, and when
 * its standard input closes; then it prints what it did with the frames. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NODES_MAX 32
#define FRAME_MAX 2048
#define READS_PER_TURN 64
#define CONTROL_EVERY_US 50000
/* A narrow link drops what would wait longer than its buffer, as routers do. */
#define LANE_BYTES_MAX (1 << 20)

struct frame {
  struct frame *next;
  uint64_t due;
  uint32_t length;
  unsigned char data[];
};

struct lane {
  uint64_t delay, jitter, rate, free_at, last_due;
  uint32_t loss;
  int cut;
  uint64_t waiting;
  struct frame *head, *tail;
};

static struct lane lanes[NODES_MAX][NODES_MAX];
static int taps[NODES_MAX];
static int nodes;
static uint64_t seed, passed, lost, blocked, dropped;
static volatile sig_atomic_t ending;

static void end(int signal) { (void)signal; ending = 1; }

static void die(const char *what, const char *name) {
  fprintf(stderr, "switch: %s %s: %s\n", what, name, strerror(errno));
  exit(1);
}

static uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static uint64_t chance(void) {
  seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
  return seed;
}

static int open_tap(const char *namespace) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int inside = open(path, O_RDONLY | O_CLOEXEC);
  if (inside < 0 || setns(inside, CLONE_NEWNET) < 0) die("cannot enter the namespace", namespace);
  close(inside);
  int tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
  strcpy(request.ifr_name, "wire");
  if (tap < 0 || ioctl(tap, TUNSETIFF, &request) < 0) die("cannot make a device in", namespace);
  return tap;
}

static void read_control(const char *file) {
  static struct timespec seen;
  static ino_t inode;
  struct stat info;
  if (stat(file, &info) < 0) return;
  if (info.st_ino == inode && !memcmp(&info.st_mtim, &seen, sizeof seen)) return;
  FILE *control = fopen(file, "r");
  if (!control) return;
  inode = info.st_ino, seen = info.st_mtim;
  for (int i = 0; i < nodes; i++)
    for (int j = 0; j < nodes; j++) {
      struct lane *lane = &lanes[i][j];
      lane->delay = lane->jitter = lane->rate = 0;
      lane->loss = 0, lane->cut = 0;
    }
  int from, to, cut;
  unsigned long long delay, jitter, loss, rate;
  while (fscanf(control, "%d %d %llu %llu %llu %llu %d", &from, &to, &delay, &jitter, &loss, &rate,
                &cut) == 7) {
    if (from < 0 || to < 0 || from >= nodes || to >= nodes) continue;
    struct lane *lane = &lanes[from][to];
    lane->delay = delay, lane->jitter = jitter, lane->rate = rate;
    lane->loss = (uint32_t)loss, lane->cut = cut;
  }
  fclose(control);
}

static void deliver(int to, const unsigned char *data, uint32_t length) {
  if (write(taps[to], data, length) < 0) dropped++;
  else passed++;
}

static void take(int from, const unsigned char *data, uint32_t length, uint64_t now) {
  if (length < 14 || data[0] != 2 || data[4] != 0) return;
  int to = data[5] - 1;
  if (to < 0 || to >= nodes || to == from) return;
  struct lane *lane = &lanes[from][to];
  if (lane->cut) { blocked++; return; }
  if (lane->loss && chance() % 1000000 < lane->loss) { lost++; return; }
  if (!lane->delay && !lane->jitter && !lane->rate && !lane->head) { deliver(to, data, length); return; }
  if (lane->waiting + length > LANE_BYTES_MAX && lane->rate) { dropped++; return; }
  uint64_t due = now;
  if (lane->rate) {
    if (lane->free_at < now) lane->free_at = now;
    lane->free_at += (uint64_t)length * 1000000 / lane->rate;
    due = lane->free_at;
  }
  due += lane->delay;
  if (lane->jitter) {
    uint64_t shift = chance() % (2 * lane->jitter + 1);
    due = due + shift > lane->jitter ? due + shift - lane->jitter : 0;
  }
  if (due < lane->last_due) due = lane->last_due;
  lane->last_due = due;
  struct frame *frame = malloc(sizeof *frame + length);
  if (!frame) { dropped++; return; }
  frame->next = 0, frame->due = due, frame->length = length;
  memcpy(frame->data, data, length);
  if (lane->tail) lane->tail->next = frame;
  else lane->head = frame;
  lane->tail = frame;
  lane->waiting += length;
}

/* Delivers what is due and returns when the next frame is. */
static uint64_t deliver_due(uint64_t now) {
  uint64_t next = UINT64_MAX;
  for (int i = 0; i < nodes; i++)
    for (int j = 0; j < nodes; j++) {
      struct lane *lane = &lanes[i][j];
      /* A wire that is cut loses what is on it. */
      while (lane->head && (lane->cut || lane->head->due <= now)) {
        struct frame *frame = lane->head;
        if (lane->cut) blocked++;
        else deliver(j, frame->data, frame->length);
        lane->head = frame->next;
        if (!lane->head) lane->tail = 0;
        lane->waiting -= frame->length;
        free(frame);
      }
      if (lane->head && lane->head->due < next) next = lane->head->due;
    }
  return next;
}

int main(int argc, char **argv) {
  if (argc < 4 || argc - 3 > NODES_MAX) {
    fprintf(stderr, "usage: switch CONTROL SEED NAMESPACE...\n");
    return 2;
  }
  const char *control = argv[1];
  seed = strtoull(argv[2], 0, 10) * 2654435761u + 88172645463325252u;
  nodes = argc - 3;
  struct pollfd ready[NODES_MAX + 1];
  for (int i = 0; i < nodes; i++) {
    taps[i] = open_tap(argv[3 + i]);
    ready[i] = (struct pollfd){.fd = taps[i], .events = POLLIN};
  }
  ready[nodes] = (struct pollfd){.fd = 0, .events = POLLIN};
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, 0);
  sigaction(SIGINT, &action, 0);
  read_control(control);
  printf("ready\n");
  fflush(stdout);
  uint64_t look = now_us() + CONTROL_EVERY_US, next = UINT64_MAX;
  while (!ending) {
    uint64_t now = now_us();
    uint64_t until = next < look ? next : look;
    uint64_t wait = until > now ? until - now : 0;
    struct timespec limit = {.tv_sec = 0, .tv_nsec = (long)wait * 1000};
    ppoll(ready, (nfds_t)nodes + 1, &limit, 0);
    if (ready[nodes].revents) break;
    now = now_us();
    for (int i = 0; i < nodes; i++) {
      if (!(ready[i].revents & POLLIN)) continue;
      unsigned char data[FRAME_MAX];
      for (int n = 0; n < READS_PER_TURN; n++) {
        ssize_t length = read(taps[i], data, sizeof data);
        if (length <= 0) break;
        take(i, data, (uint32_t)length, now);
      }
    }
    if (now >= look) {
      read_control(control);
      look = now + CONTROL_EVERY_US;
    }
    next = deliver_due(now_us());
  }
  printf("%llu passed %llu lost %llu cut %llu dropped\n", (unsigned long long)passed,
         (unsigned long long)lost, (unsigned long long)blocked, (unsigned long long)dropped);
  return 0;
}
