"""Write the manifests of the processes that are alike: one file each, from one form. `--check` only compares.

Kustomize cannot repeat a resource with other names, and eight copies kept by hand drift apart; so the form stands here
and the plain files stand in `deploy/kubernetes/base`, where whoever runs a cluster reads and patches them.
"""

import sys
from pathlib import Path

import yaml

BASE = Path(__file__).parent.parent / "deploy" / "kubernetes" / "base"
SERVICES = ("accounts", "catalog", "compliance", "broadcast", "orders", "disclosure")
MADE = "# Made by `python -m tools.build_kubernetes`; change the form there, or patch it in an overlay.\n"
Manifest = dict[str, object]

# name → (least, most) copies, requested processor and memory, limit of memory. A start, from one machine: patch them.
SIZES = {
    "accounts": (2, 6, "100m", "192Mi", "384Mi"),
    "catalog": (2, 12, "200m", "256Mi", "512Mi"),
    "compliance": (2, 16, "500m", "320Mi", "640Mi"),
    "broadcast": (2, 8, "200m", "256Mi", "512Mi"),
    "orders": (2, 8, "500m", "256Mi", "512Mi"),
    "disclosure": (2, 4, "300m", "512Mi", "4Gi"),
    "gateway": (3, 24, "500m", "256Mi", "1Gi"),
}
# A room's viewers hold their connections: a gateway that goes has to let them move on to another one first.
SECONDS_TO_STOP = {"gateway": 60}
FROM_SECRET = {
    "accounts": ("SUNFAIR_FIRST_ADMINISTRATOR_PASSWORD", "SUNFAIR_CODE_SENDER_SECRET", "SUNFAIR_OIDC_CLIENT_SECRET"),
    "broadcast": ("SUNFAIR_GATEWAY_SECRET",),
    "orders": (
        "SUNFAIR_PAYMENTS_KEY",
        "SUNFAIR_PAYMENTS_WEBHOOK_SECRET",
        "SUNFAIR_COURIER_KEY",
        "SUNFAIR_COURIER_WEBHOOK_SECRET",
    ),
    "disclosure": ("SUNFAIR_LEDGER_KEY",),
    "gateway": ("SUNFAIR_GATEWAY_SECRET",),
}


def deployment(name: str) -> Manifest:
    """The process itself, on several machines and replaced one by one."""
    least = SIZES[name][0]
    annotations = {"prometheus.io/scrape": "true", "prometheus.io/port": "8000", "prometheus.io/path": "/metrics"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {
            "replicas": least,
            "revisionHistoryLimit": 3,
            "selector": {"matchLabels": {"app": name}},
            # Old and new code run beside each other: migrations only add before they require.
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "template": {"metadata": {"labels": {"app": name}, "annotations": annotations}, "spec": pod(name)},
        },
    }


def pod(name: str) -> Manifest:
    """A pod that is never root, and stands on another machine than its copies where there is one."""
    spread = {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app": name}},
    }
    return {
        "serviceAccountName": "sunfair",
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": SECONDS_TO_STOP.get(name, 20),
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "topologySpreadConstraints": [spread],
        "containers": [container(name)],
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }


def container(name: str) -> Manifest:
    """The process as the image runs it; its own files cannot be written."""
    _, _, processor, memory, most_memory = SIZES[name]
    return {
        "name": name,
        "image": "sunfair",
        "args": ["python", "-m", "services.kit.serve", name, "--host", "0.0.0.0", "--port", "8000"],  # noqa: S104  A pod.
        "ports": [{"name": "http", "containerPort": 8000}],
        "envFrom": [{"configMapRef": {"name": "sunfair"}}],
        "env": environment(name),
        "startupProbe": probe("/healthz", periodSeconds=2, failureThreshold=45),
        # Alive is not ready: a database that is away is no reason to start all processes anew.
        "livenessProbe": probe("/healthz", periodSeconds=10, timeoutSeconds=5, failureThreshold=6),
        "readinessProbe": probe("/readyz", periodSeconds=5, timeoutSeconds=3),
        "resources": {"requests": {"cpu": processor, "memory": memory}, "limits": {"memory": most_memory}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108  A volume of the pod's own.
    }


def probe(path: str, **times: int) -> Manifest:
    """A question that Kubernetes asks of the process."""
    return {"httpGet": {"port": "http", "path": path}, **times}


def environment(name: str) -> list[Manifest]:
    """What a process is told by secrets: its own user of database and NATS, and what only it may know.

    A secret `NAME` of the environment is made of others where Kubernetes puts `$(OTHER)` into it, in this order.
    """
    known = [secret("SUNFAIR_SECRET")]
    if name != "gateway":
        database = f"postgresql+asyncpg://{name}_app:{name}-$(SUNFAIR_SECRET)@postgres-rw:5432/sunfair"
        known += [secret("SUNFAIR_TOKEN_SECRET"), {"name": "SUNFAIR_SERVICE_DATABASE_URL", "value": database}]
        known += [secret("AWS_ACCESS_KEY_ID"), secret("AWS_SECRET_ACCESS_KEY")]
    else:
        known += [{"name": f"SUNFAIR_{each.upper()}_URL", "value": f"http://{each}:8000"} for each in SERVICES]
    known.append({"name": "SUNFAIR_NATS_URL", "value": f"nats://{name}:{name}-$(SUNFAIR_SECRET)@nats:4222"})
    return known + [secret(each) for each in FROM_SECRET.get(name, ())]


def secret(variable: str) -> Manifest:
    """A variable out of the one secret of the deployment, which no file of ours holds."""
    return {"name": variable, "valueFrom": {"secretKeyRef": {"name": "sunfair", "key": variable}}}


def service(name: str) -> Manifest:
    """The address by which others reach it."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "ports": [{"name": "http", "port": 8000, "targetPort": "http"}]},
    }


def budget(name: str) -> Manifest:
    """Maintenance takes one copy at a time."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name},
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": name}}},
    }


def autoscaler(name: str) -> Manifest:
    """More copies when the processor is busy; fewer only after ten quiet minutes, as a broadcast comes in waves."""
    least, most, *_ = SIZES[name]
    busy = {"type": "Utilization", "averageUtilization": 65}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": least,
            "maxReplicas": most,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": busy}}],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 600}},
        },
    }


def file_of(name: str) -> str:
    """The file of one process, whole."""
    parts = [deployment(name), service(name), budget(name), autoscaler(name)]
    return MADE + yaml.safe_dump_all(parts, sort_keys=False, width=120, allow_unicode=True)


def main() -> int:
    """Write the files, or say which are out of date."""
    stale = [name for name in SIZES if _read(BASE / f"{name}.yaml") != file_of(name)]
    if "--check" in sys.argv:
        said = f"Out of date: {', '.join(stale)}; run python -m tools.build_kubernetes"
        print(said if stale else "The manifests are current.")
        return 1 if stale else 0
    for name in stale:
        (BASE / f"{name}.yaml").write_text(file_of(name), encoding="utf-8")
        print(f"deploy/kubernetes/base/{name}.yaml")
    return 0


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
