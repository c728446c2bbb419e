"""The manifests of a cluster, checked without one: against the published schemas, and against what the code needs."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from gateway.settings import GatewaySettings
from services.accounts.settings import AccountsSettings
from services.broadcast.settings import Settings as BroadcastSettings
from services.disclosure.settings import DisclosureSettings
from services.kit.lean import LEAN_CONNECTIONS
from services.kit.settings import ProcessSettings
from services.orders.settings import OrdersSettings
from tools import build_kubernetes

FOLDER = Path(build_kubernetes.BASE).parent
VERSION = "1.33"
# Resources of operators, which the schemas of Kubernetes itself do not know.
OPERATORS = ("postgresql.cnpg.io/v1",)
Manifest = dict[str, Any]


def manifests(path: Path) -> list[Manifest]:
    """The resources of one file."""
    return [each for each in yaml.safe_load_all(path.read_text(encoding="utf-8")) if each]


FILES = sorted(path for path in (FOLDER / "base").glob("*.yaml") if path.name != "kustomization.yaml")
ALL = [(path.name, each) for path in FILES for each in manifests(path)]
PROCESSES = (*build_kubernetes.SERVICES, "gateway")


def of_kind(kind: str) -> dict[str, Manifest]:
    """The resources of a kind, by name."""
    return {each["metadata"]["name"]: each for _, each in ALL if each["kind"] == kind}


def pods() -> Iterator[tuple[str, Manifest]]:
    """Every pod that a manifest makes, by the name of its maker."""
    for kind in ("Deployment", "StatefulSet", "Job"):
        for name, each in of_kind(kind).items():
            yield name, each["spec"]["template"]["spec"]


@pytest.mark.parametrize(("name", "manifest"), ALL, ids=[f"{name}-{each['kind']}" for name, each in ALL])
def test_every_resource_is_as_kubernetes_describes_it(name: str, manifest: Manifest) -> None:
    if manifest["apiVersion"] in OPERATORS:
        assert manifest["kind"] in ("Cluster", "ScheduledBackup")
        return
    kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_the_kustomization_names_every_file() -> None:
    listed = yaml.safe_load((FOLDER / "base" / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    assert sorted(listed) == [path.name for path in FILES]


def test_the_files_of_the_processes_are_made_of_one_form() -> None:
    for name in PROCESSES:
        written = (FOLDER / "base" / f"{name}.yaml").read_text(encoding="utf-8")
        assert written == build_kubernetes.file_of(name), "run python -m tools.build_kubernetes"


@pytest.mark.parametrize("name", PROCESSES)
def test_every_process_has_probes_a_budget_and_scales(name: str) -> None:
    container = of_kind("Deployment")[name]["spec"]["template"]["spec"]["containers"][0]
    assert {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys()
    assert of_kind("PodDisruptionBudget")[name]["spec"]["maxUnavailable"] == 1
    assert of_kind("HorizontalPodAutoscaler")[name]["spec"]["minReplicas"] >= 2
    assert of_kind("Service")[name]["spec"]["ports"][0]["targetPort"] == "http"


def test_no_pod_runs_as_root_or_writes_to_its_image() -> None:
    for name, pod in pods():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert not pod["automountServiceAccountToken"], name
        for container in pod["containers"]:
            rights = container["securityContext"]
            assert rights["readOnlyRootFilesystem"], name
            assert not rights["allowPrivilegeEscalation"], name
            assert rights["capabilities"] == {"drop": ["ALL"]}, name
            assert container["resources"]["limits"]["memory"], name


SETTINGS: dict[str, type[ProcessSettings]] = {
    "accounts": AccountsSettings,
    "broadcast": BroadcastSettings,
    "orders": OrdersSettings,
    "disclosure": DisclosureSettings,
    "gateway": GatewaySettings,
}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_process_is_told_nothing_that_it_does_not_know_and_every_secret(name: str) -> None:
    fields = SETTINGS[name].model_fields
    known = {f"SUNFAIR_{field.upper()}" for field in fields} | {"SUNFAIR_SECRET"}
    told = {str(each["name"]) for each in build_kubernetes.environment(name)}
    assert {each for each in told if each.startswith("SUNFAIR_")} <= known
    secrets = {f"SUNFAIR_{field.upper()}" for field, info in fields.items() if "Secret" in str(info.annotation)}
    assert secrets <= told


def test_the_common_settings_are_settings_of_some_process() -> None:
    known = {f"SUNFAIR_{field.upper()}" for settings in SETTINGS.values() for field in settings.model_fields}
    told = of_kind("ConfigMap")["sunfair"]["data"]
    assert {name for name in told if name.startswith("SUNFAIR_")} <= known


def test_no_file_holds_a_secret() -> None:
    assert not of_kind("Secret")
    for path in [*FILES, *FOLDER.glob("*/*.yaml")]:
        assert not re.search(
            r"(password|secret|key): *['\"]?[A-Za-z0-9+/]{16,}", path.read_text(encoding="utf-8"), re.IGNORECASE
        )


def test_services_are_reached_by_the_gateway_alone() -> None:
    rule = of_kind("NetworkPolicy")["services-hear-the-gateway"]["spec"]
    assert rule["podSelector"]["matchExpressions"][0]["values"] == list(build_kubernetes.SERVICES)
    assert rule["ingress"] == [
        {"from": [{"podSelector": {"matchLabels": {"app": "gateway"}}}], "ports": [{"protocol": "TCP", "port": 8000}]}
    ]
    closed = of_kind("NetworkPolicy")["nothing-by-itself"]["spec"]
    assert (closed["podSelector"], closed["policyTypes"]) == ({}, ["Ingress", "Egress"])
    assert "egress" not in closed
    assert "ingress" not in closed


def test_each_commit_is_on_two_machines_and_each_stream_on_three() -> None:
    database = of_kind("Cluster")["postgres"]["spec"]
    assert (database["instances"], database["postgresql"]["synchronous"]["number"]) == (3, 1)
    assert of_kind("StatefulSet")["nats"]["spec"]["replicas"] == 3
    assert of_kind("ConfigMap")["sunfair"]["data"]["SUNFAIR_STREAM_REPLICAS"] == "3"


def test_there_are_connections_for_every_copy_at_its_most() -> None:
    pool = 5 + LEAN_CONNECTIONS
    most = sum(build_kubernetes.SIZES[name][1] * pool for name in build_kubernetes.SERVICES)
    assert most < int(of_kind("Cluster")["postgres"]["spec"]["postgresql"]["parameters"]["max_connections"])


def test_what_the_small_overlay_patches_is_there() -> None:
    overlay = yaml.safe_load((FOLDER / "small" / "kustomization.yaml").read_text(encoding="utf-8"))
    for patch in overlay["patches"]:
        chosen = of_kind(patch["target"]["kind"])
        names = [patch["target"]["name"]] if "name" in patch["target"] else list(chosen)
        assert names
        for operation in yaml.safe_load(patch["patch"]):
            for name in names:
                here: Any = chosen[name]
                for word in operation["path"].strip("/").split("/"):
                    here = here[word]
