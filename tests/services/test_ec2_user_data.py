from __future__ import annotations

from aioprowler import Fail, Manual, Pass, Secret
from aioprowler.services.ec2.checks.address import ec2_elastic_ip_shodan
from aioprowler.services.ec2.checks.user_data import ec2_instance_secrets_user_data, ec2_launch_template_no_secrets
from aioprowler.services.ec2.resources.instance import Instance, InstanceState
from aioprowler.services.ec2.resources.launch_template import LaunchTemplate, TemplateSecrets
from aioprowler.services.ec2.resources.network import ElasticIp
from aioprowler.services.ec2.resources.shodan import ShodanEntry
from aioprowler.services.ec2.resources.user_data import UserDataSecrets
from tests.services.made import made

INSTANCE = made(Instance, instance_id="i-1", state=InstanceState(name="running"))
ADDRESS = ElasticIp(public_ip="192.0.2.1", allocation_id="eipalloc-1")


def test_user_data_with_a_secret() -> None:
    verdict = ec2_instance_secrets_user_data(INSTANCE, UserDataSecrets({"": (Secret("Password", 3),)}))
    assert isinstance(verdict, Fail)
    assert "Password on line 3" in verdict.detail


def test_user_data_without_a_secret() -> None:
    assert isinstance(ec2_instance_secrets_user_data(INSTANCE, UserDataSecrets()), Pass)


def test_user_data_that_is_not_text_is_left_to_the_user() -> None:
    assert isinstance(ec2_instance_secrets_user_data(INSTANCE, UserDataSecrets(unreadable=("",))), Manual)


def test_an_instance_that_is_gone_is_not_judged() -> None:
    assert ec2_instance_secrets_user_data(INSTANCE, None) is None


def test_an_address_in_shodan() -> None:
    verdict = ec2_elastic_ip_shodan(ADDRESS, ShodanEntry(ports=(22, 80), isp="Example", country_name="Ireland"))
    assert isinstance(verdict, Fail)
    assert "192.0.2.1 of Example in Ireland" in verdict.detail
    assert "22, 80" in verdict.detail


def test_an_address_in_shodan_of_which_little_is_known() -> None:
    verdict = ec2_elastic_ip_shodan(ADDRESS, ShodanEntry())
    assert isinstance(verdict, Fail)
    assert verdict.detail == "Elastic IP address 192.0.2.1 is listed in Shodan with no port open."


def test_an_address_that_shodan_does_not_know() -> None:
    assert isinstance(ec2_elastic_ip_shodan(ADDRESS, None), Pass)


def test_a_carrier_address_is_not_judged() -> None:
    assert ec2_elastic_ip_shodan(ElasticIp(allocation_id="eipalloc-2"), None) is None


TEMPLATE = made(LaunchTemplate, launch_template_id="lt-1", name="web")


def test_a_template_with_secrets_in_some_versions() -> None:
    found = {"version 2": (Secret("Password", 3),), "version 7": (Secret("Token", 1),)}
    verdict = ec2_launch_template_no_secrets(TEMPLATE, TemplateSecrets(found, ("version 1",)))
    assert isinstance(verdict, Fail)
    assert "version 2: Password on line 3; version 7: Token on line 1" in verdict.detail


def test_a_template_without_secrets() -> None:
    assert isinstance(ec2_launch_template_no_secrets(TEMPLATE, TemplateSecrets()), Pass)


def test_versions_that_are_not_text_are_left_to_the_user() -> None:
    verdict = ec2_launch_template_no_secrets(TEMPLATE, TemplateSecrets(unreadable=("version 9", "version 10")))
    assert isinstance(verdict, Manual)
    assert "version 9, version 10" in verdict.detail
